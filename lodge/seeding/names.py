"""First and last names of a campus that people come to from everywhere, grouped by the language they write in."""

from functools import cache

FIRST_NAMES: dict[str, str] = {
    "en": "Alice Amelia Ava Benjamin Charlotte Daniel Eleanor Emily Ethan Finn Grace Hannah Harriet Henry Isla Jack "
    "James Liam Lucy Megan Noah Olivia Oscar Poppy Rosie Ruby Samuel Sophie Thomas William Aisha Amara Chidi Kwame "
    "Ngozi Zanele Thabo Ayana Tariq Layla Omar Yasmin Karim Noor Priya Arjun Ananya Rohan Kavya Vikram Mei Wei Jun "
    "Xin Hana Yuki Haruto Minjun Seoyeon Linh Minh Thao Anh Putri Siti Aylin Emre Zeynep Kerem",
    "de": "Anna Ben Clara David Elias Emma Felix Finja Greta Hanna Ida Jakob Jonas Julian Karla Lea Leon Lina Lukas "
    "Maja Maximilian Mila Moritz Nele Paul Pauline Sophia Theo Tobias Valentin",
    "it": "Alessandro Alessia Andrea Anita Beatrice Camilla Chiara Davide Edoardo Elena Federico Francesca Gabriele "
    "Giacomo Ginevra Giorgia Giulia Lorenzo Luca Marco Martina Matteo Noemi Pietro Riccardo Sara Simone Sofia "
    "Tommaso Vittoria",
    "fr": "Adrien Agathe Antoine Aurore Baptiste Camille Capucine Chloé Clément Élodie Étienne Gabin Hugo Inès Jeanne "
    "Jules Juliette Léa Louis Louise Lucie Manon Mathilde Maxime Nathan Nicolas Romane Théo Timothée Zoé",
    "es": "Adrián Álvaro Candela Carla Carmen Claudia Daniela Diego Elsa Gonzalo Hugo Inés Irene Iván Javier Jimena "
    "Lucía Manuel Marcos Martín Mateo Nerea Nicolás Pablo Paula Rocío Rodrigo Sergio Valeria Vera",
    "pt": "Afonso Bárbara Beatriz Bernardo Caetana Carolina Catarina Diogo Duarte Filipa Francisca Gonçalo Guilherme "
    "Henrique Inês Joana João Leonor Madalena Mafalda Margarida Mariana Miguel Rafaela Rita Rodrigo Salvador Santiago "
    "Tiago Vasco",
}
LAST_NAMES: dict[str, str] = {
    "en": "Adams Bailey Bennett Brooks Campbell Carter Clarke Collins Cooper Davies Edwards Evans Fletcher Foster Gray "
    "Griffiths Harper Hughes Kelly Lewis Marshall Murphy Owens Palmer Quinn Reid Shaw Turner Walsh Wright Abubakar "
    "Adeyemi Boateng Mensah Mokoena Nkosi Okafor Osei Tesfaye Wanjiru Haddad Khalil Mansour Nasser Rahman Shah Gupta "
    "Iyer Kumar Mehta Patel Reddy Sharma Singh Chen Huang Li Liu Wang Zhang Kobayashi Nakamura Sato Tanaka Kim Lee "
    "Park Choi Nguyen Pham Tran Le Santoso Wijaya Aydin Demir Kaya Yilmaz",
    "de": "Albrecht Bauer Becker Brandt Dietrich Engel Fischer Franke Graf Haas Hartmann Hoffmann Huber Jung Kaiser "
    "Keller Koch Krause Lang Lehmann Lorenz Maier Müller Neumann Otto Pfeiffer Richter Schäfer Schreiber Schulz "
    "Seidel Sommer Vogel Wagner Weber Winkler Wolf Ziegler Zimmermann Zöllner",
    "it": "Amato Barbieri Bellini Bianchi Bruno Caputo Caruso Colombo Conti Costa De-Luca Esposito Fabbri Ferrara "
    "Ferrari Fontana Galli Gatti Greco Leone Lombardi Longo Mancini Marchetti Marini Martini Monti Moretti Pellegrini "
    "Ricci Rinaldi Rizzo Romano Rossi Russo Sala Santoro Serra Testa Villa",
    "fr": "Arnaud Aubert Barbier Bernard Blanchard Bonnet Boyer Chevalier Colin Dubois Dufour Dupuis Fabre Faure "
    "Fontaine Fournier Garnier Gauthier Girard Guérin Lacroix Lambert Lefèvre Legrand Lemaire Leroy Marchand Mercier "
    "Meunier Moreau Morel Noël Perrin Picard Renaud Rousseau Roux Roy Vidal Vincent",
    "es": "Aguilar Álvarez Blanco Cabrera Calvo Campos Cano Castillo Castro Cortés Cruz Delgado Díaz Domínguez "
    "Fernández Flores Fuentes Gallego García Gómez Herrera Iglesias Lozano Marín Medina Molina Moreno Navarro Ortega "
    "Peña Prieto Ramos Reyes Rubio Sánchez Serrano Soto Torres Vargas Vega",
    "pt": "Almeida Alves Andrade Antunes Araújo Azevedo Barbosa Barros Batista Borges Cardoso Carvalho Coelho Correia "
    "Cunha Dias Duarte Esteves Faria Fonseca Freitas Gaspar Gonçalves Lopes Machado Magalhães Martins Matos Melo "
    "Mendes Monteiro Moura Neves Nogueira Nunes Oliveira Pacheco Pereira Pinto Teixeira",
}


@cache
def names_of(language: str) -> tuple[list[str], list[str]]:
    """First and last names of those who write in a language; a hyphen stands for a space inside a last name."""
    return FIRST_NAMES[language].split(), [name.replace("-", " ") for name in LAST_NAMES[language].split()]


LANGUAGES = list(FIRST_NAMES)
ALL_FIRST = sorted({name for language in LANGUAGES for name in names_of(language)[0]})
ALL_LAST = sorted({name for language in LANGUAGES for name in names_of(language)[1]})
