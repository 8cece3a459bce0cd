"""Portuguese."""

from lodge.seeding.texts.words import FACILITY, SERVICES, TECHNICAL, Words

WORDS = Words(
    code="pt",
    places=("na sala {room} ({building})", "no edifício {building}", "no campus"),
    since=[
        "desde hoje de manhã",
        "desde ontem",
        "desde segunda-feira",
        "há três dias",
        "há cerca de uma semana",
        "desde o fim de semana",
        "desde o início do semestre",
        "desde as {hour}",
    ],
    greetings=["Olá,", "Bom dia,", "Boa tarde,"],
    closings=["Obrigado!", "Obrigada desde já.", "Alguém pode ver?", "Cumprimentos", "Estou sempre contactável aqui."],
    extra={
        FACILITY: ["Está a piorar.", "Outros também repararam.", "Há aula às {hour}.", "Posso enviar uma fotografia."],
        TECHNICAL: [
            "Acontece a outros também.",
            "Na etiqueta está {number}.",
            "Precisamos disto para {course} na próxima semana.",
            "Na semana passada funcionava.",
        ],
        SERVICES: [
            "Não é a primeira vez.",
            "Outros também se queixaram.",
            "Foi por volta das {hour}.",
            "Ninguém soube dizer-me a quem perguntar.",
        ],
    },
    problems={
        FACILITY: [
            ("Aquecedor frio", "O aquecedor {place} está frio {since}, ficamos de casaco.", "heating"),
            ("Elevador parado", "O elevador {place} está parado {since}; as portas mal abrem.", "lift"),
            ("Luz a piscar", "A luz {place} pisca {since} e dá dores de cabeça.", "light"),
            ("Água a cair do teto", "Cai água do teto {place} {since}; por agora há um balde.", "water"),
            ("Janela que não fecha", "Uma janela {place} não fecha {since} e chove cá dentro.", "windows"),
            ("Casa de banho entupida", "A casa de banho junto às escadas {place} está entupida {since}.", "water"),
            (
                "Cadeiras partidas",
                "Três cadeiras {place} estão partidas {since}; uma cedeu com um estudante.",
                "furniture",
            ),
            ("Tomada sem corrente", "A tomada {number} {place} não tem corrente {since}.", "power"),
        ],
        TECHNICAL: [
            ("Sem WiFi", "Não há WiFi {place} {since}; o telemóvel vê a rede mas não recebe endereço.", "wifi"),
            (
                "Não consigo entrar no portal",
                "O portal recusa a minha palavra-passe {since} e o correio de recuperação nunca chega.",
                "account",
            ),
            ("Projetor sem imagem", "O projetor {place} não mostra nada {since}, a luz fica azul.", "projector"),
            (
                "Impressora {number} encravada",
                "A impressora {number} {place} encrava de duas em duas páginas {since}.",
                "printer",
            ),
            (
                "O computador não arranca",
                "O computador {number} {place} não arranca {since}, apita três vezes.",
                "computer",
            ),
            ("A VPN não liga", "A VPN para nos 90 por cento {since} com o erro {number}.", "vpn"),
            (
                "Falta uma disciplina na plataforma",
                "{course} não aparece na plataforma {since}, apesar de eu ter inscrição.",
                "learning-platform",
            ),
            ("Sem som na sala", "Não há som {place} {since}; o microfone funciona, as colunas não.", "audio"),
        ],
        SERVICES: [
            (
                "Fila longa na cantina",
                "A fila da cantina {place} demora 40 minutos {since}; às {hour} só havia uma caixa.",
                "canteen",
            ),
            ("Refeição fria", "O almoço {place} é servido frio {since}.", "canteen"),
            ("Biblioteca fechada cedo", "A biblioteca {place} fecha antes da hora indicada {since}.", "library"),
            ("Multa por livro devolvido", "Recebi uma multa pelo livro {number}, que devolvi {place}.", "library"),
            (
                "Secretaria sem resposta",
                "A secretaria não responde à minha mensagem sobre {course} {since}.",
                "student-office",
            ),
            ("Autocarro não passou", "O autocarro das {hour} não passou e não havia aviso {place}.", "shuttle"),
        ],
    },
    first={
        FACILITY: [
            "Olá {name}, obrigado pelo aviso. Vou tratar disto.",
            "Olá {name}, amanhã entre as 9 e as 11 passa um técnico. Estará alguém?",
            "Bom dia {name}, o porteiro vai lá ver hoje.",
        ],
        TECHNICAL: [
            "Bom dia {name}, já tenho o pedido. Continua assim?",
            "Obrigado, {name}. Que número está na etiqueta?",
            "Olá {name}, pode reiniciar uma vez e dizer se ajuda?",
        ],
        SERVICES: [
            "Olá {name}, obrigado por escrever. Lamento muito.",
            "Olá {name}, perguntei à equipa e volto a dizer.",
            "Obrigado, {name}. A que horas foi?",
        ],
    },
    update={
        FACILITY: [
            "A peça está encomendada e deve chegar esta semana.",
            "A reparação está marcada para amanhã às {hour}.",
            "A empresa veio e tem de voltar com a ferramenta certa.",
            "O porteiro encontrou a porta fechada às {hour}. Quando podemos entrar?",
        ],
        TECHNICAL: [
            "Reiniciei daqui. Pode tentar outra vez?",
            "Connosco funciona. E consigo?",
            "A substituição chega esta semana.",
            "Era uma configuração errada, estamos a verificar.",
        ],
        SERVICES: [
            "Ainda espero a resposta do serviço e voltei a perguntar.",
            "A responsável prometeu uma resposta até amanhã às {hour}.",
            "Dizem que foi erro deles. Posso indicar o seu nome?",
            "A partir da próxima semana haverá mais pessoal.",
        ],
    },
    solved={
        FACILITY: ["Está reparado. Obrigado pela paciência, {name}!", "Feito: substituído e testado."],
        TECHNICAL: [
            "Funciona de novo. Se voltar, basta reabrir o pedido.",
            "A configuração estava errada e agora está certa.",
        ],
        SERVICES: ["Falámos com a equipa, que pede desculpa.", "O erro está corrigido. Obrigado pelo aviso, {name}."],
    },
    answer=[
        "Sim, continua igual.",
        "O número é {number}.",
        "Amanhã às {hour} está bem.",
        "Tentei agora mesmo, sem sorte.",
        "Obrigado pela resposta rápida!",
        "Não, infelizmente ainda não.",
        "Hoje estou lá até às {hour}.",
        "Está um pouco melhor, mas não bem.",
    ],
    nudge=["Há novidades?", "Alguém já viu isto?", "Temos {course} às {hour}, está a ficar urgente."],
    again=["Infelizmente voltou.", "Funcionou um dia e agora está como antes."],
    thanks=["Ótimo, obrigado!", "Já funciona, muito obrigada.", "Perfeito, foi rápido."],
)
