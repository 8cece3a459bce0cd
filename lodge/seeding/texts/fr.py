"""French."""

from lodge.seeding.texts.words import FACILITY, SERVICES, TECHNICAL, Words

WORDS = Words(
    code="fr",
    places=("en salle {room}, {building}", "au bâtiment {building}", "sur le campus"),
    since=[
        "depuis ce matin",
        "depuis hier",
        "depuis lundi",
        "depuis trois jours",
        "depuis une semaine environ",
        "depuis le week-end",
        "depuis la rentrée",
        "depuis {hour}",
    ],
    greetings=["Bonjour,", "Bonjour à tous,", "Bonsoir,"],
    closings=["Merci !", "Merci d'avance.", "Quelqu'un peut-il regarder ?", "Cordialement", "Je reste joignable ici."],
    extra=[
        "Cela empire.",
        "D'autres l'ont remarqué aussi.",
        "C'était déjà arrivé le mois dernier.",
        "Il y a cours à {hour}.",
        "L'étiquette porte le numéro {number}.",
        "Nous en avons besoin pour {course} la semaine prochaine.",
        "Je peux envoyer une photo.",
    ],
    problems={
        FACILITY: [
            ("Radiateur froid", "Le radiateur {place} est froid {since}, nous gardons nos manteaux."),
            ("Ascenseur bloqué", "L'ascenseur {place} est bloqué {since} ; les portes s'ouvrent à peine."),
            ("Lumière qui clignote", "La lumière {place} clignote {since} et donne mal à la tête."),
            ("Fuite au plafond", "De l'eau tombe du plafond {place} {since} ; un seau est posé dessous."),
            ("Fenêtre qui ne ferme plus", "Une fenêtre {place} ne ferme plus {since} et il pleut à l'intérieur."),
            ("Toilettes bouchées", "Les toilettes près de l'escalier {place} sont bouchées {since}."),
            ("Serrure coincée", "La serrure de la porte {place} se coince {since}."),
            ("Chaises cassées", "Trois chaises {place} sont cassées {since}, l'une a cédé sous un étudiant."),
            ("Ventilation bruyante", "La ventilation {place} est si bruyante {since} qu'on ne suit plus {course}."),
            ("Prise sans courant", "La prise {number} {place} n'a plus de courant {since}."),
        ],
        TECHNICAL: [
            ("Pas de WiFi", "Le WiFi {place} a disparu {since} ; le téléphone voit le réseau sans obtenir d'adresse."),
            ("WiFi instable", "La connexion {place} tombe toutes les quelques minutes {since}."),
            (
                "Connexion au portail refusée",
                "Le portail refuse mon mot de passe {since} et le message de secours n'arrive jamais.",
            ),
            ("Projecteur sans image", "Le projecteur {place} n'affiche rien {since}, le voyant reste bleu."),
            ("Imprimante {number} en bourrage", "L'imprimante {number} {place} bourre une page sur deux {since}."),
            (
                "Ordinateur qui ne démarre pas",
                "L'ordinateur {number} {place} ne démarre plus {since}, il sonne trois fois.",
            ),
            ("VPN impossible", "Le VPN s'arrête à 90 pour cent {since}, erreur {number}."),
            (
                "Cours absent de la plateforme",
                "{course} n'apparaît pas sur la plateforme {since} malgré mon inscription.",
            ),
            (
                "Pas de son dans l'amphi",
                "Il n'y a plus de son {place} {since} ; le micro marche, pas les haut-parleurs.",
            ),
            ("Licence expirée", "Le logiciel de statistiques {place} annonce une licence expirée {since}."),
        ],
        SERVICES: [
            (
                "Longue queue à la cantine",
                "La queue à la cantine {place} dure 40 minutes {since} ; une seule caisse à {hour}.",
            ),
            ("Repas froid", "Le déjeuner {place} est servi froid {since}."),
            ("Bibliothèque fermée trop tôt", "La bibliothèque {place} ferme avant l'heure affichée {since}."),
            ("Amende pour un livre rendu", "J'ai reçu une amende pour le livre {number}, que j'avais rendu {place}."),
            ("Scolarité sans réponse", "La scolarité ne répond pas à mon message sur {course} {since}."),
            ("Accueil impoli", "À l'accueil {place} on m'a renvoyé sèchement ; je demandais un formulaire."),
            ("Navette absente", "La navette de {hour} n'est pas venue et rien n'était affiché {place}."),
            (
                "Salle réservée deux fois",
                "La salle de groupe {place} est réservée deux fois {since}, nous avons dû partir.",
            ),
        ],
    },
    first=[
        "Bonjour {name}, merci du signalement. Je m'en occupe.",
        "Bonjour {name}, je prends le dossier. Est-ce toujours le cas ?",
        "Bonjour {name}, un technicien passe demain entre 9 h et 11 h. Y aura-t-il quelqu'un ?",
        "Merci {name}. Quel numéro porte l'étiquette ?",
    ],
    update=[
        "La pièce est commandée et devrait arriver cette semaine.",
        "La réparation est prévue demain à {hour}.",
        "Je l'ai redémarré d'ici. Pouvez-vous réessayer ?",
        "Chez nous cela marche. Chez vous aussi ?",
    ],
    solved=[
        "C'est réparé. Merci de votre patience, {name} !",
        "C'est fait : remplacé et vérifié.",
        "Tout remarche. Si cela revient, rouvrez simplement le ticket.",
    ],
    answer=[
        "Oui, c'est toujours pareil.",
        "C'est le numéro {number}.",
        "Demain à {hour} me convient.",
        "Je viens de réessayer, sans succès.",
        "Merci de la réponse rapide !",
    ],
    nudge=["Y a-t-il du nouveau ?", "Quelqu'un l'a-t-il vu ?", "Nous avons {course} à {hour}, cela devient urgent."],
    again=["Malheureusement, cela recommence.", "Cela a marché un jour et c'est comme avant."],
    thanks=["Parfait, merci !", "Cela marche, merci beaucoup.", "Super, c'était rapide."],
)
