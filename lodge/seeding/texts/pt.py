"""Portuguese."""

from lodge.seeding.texts.words import FACILITY, SERVICES, TECHNICAL, Words

WORDS = Words(
    code="pt",
    places=("na sala {room}, {building}", "no edifício {building}", "no campus"),
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
    extra=[
        "Está a piorar.",
        "Outros também repararam.",
        "Já aconteceu no mês passado.",
        "Há aula às {hour}.",
        "Na etiqueta está {number}.",
        "Precisamos disto para {course} na próxima semana.",
        "Posso enviar uma fotografia.",
    ],
    problems={
        FACILITY: [
            ("Aquecedor frio", "O aquecedor {place} está frio {since}, ficamos de casaco."),
            ("Elevador parado", "O elevador {place} está parado {since}; as portas mal abrem."),
            ("Luz a piscar", "A luz {place} pisca {since} e dá dores de cabeça."),
            ("Água a cair do teto", "Cai água do teto {place} {since}; por agora há um balde."),
            ("Janela que não fecha", "Uma janela {place} não fecha {since} e chove cá dentro."),
            ("Casa de banho entupida", "A casa de banho junto às escadas {place} está entupida {since}."),
            ("Cadeiras partidas", "Três cadeiras {place} estão partidas {since}; uma cedeu com um estudante."),
            ("Tomada sem corrente", "A tomada {number} {place} não tem corrente {since}."),
        ],
        TECHNICAL: [
            ("Sem WiFi", "Não há WiFi {place} {since}; o telemóvel vê a rede mas não recebe endereço."),
            (
                "Não consigo entrar no portal",
                "O portal recusa a minha palavra-passe {since} e o correio de recuperação nunca chega.",
            ),
            ("Projetor sem imagem", "O projetor {place} não mostra nada {since}, a luz fica azul."),
            ("Impressora {number} encravada", "A impressora {number} {place} encrava de duas em duas páginas {since}."),
            ("O computador não arranca", "O computador {number} {place} não arranca {since}, apita três vezes."),
            ("A VPN não liga", "A VPN para nos 90 por cento {since} com o erro {number}."),
            (
                "Falta uma disciplina na plataforma",
                "{course} não aparece na plataforma {since}, apesar de eu ter inscrição.",
            ),
            ("Sem som na sala", "Não há som {place} {since}; o microfone funciona, as colunas não."),
        ],
        SERVICES: [
            (
                "Fila longa na cantina",
                "A fila da cantina {place} demora 40 minutos {since}; às {hour} só havia uma caixa.",
            ),
            ("Refeição fria", "O almoço {place} é servido frio {since}."),
            ("Biblioteca fechada cedo", "A biblioteca {place} fecha antes da hora indicada {since}."),
            ("Multa por livro devolvido", "Recebi uma multa pelo livro {number}, que devolvi {place}."),
            ("Secretaria sem resposta", "A secretaria não responde à minha mensagem sobre {course} {since}."),
            ("Autocarro não passou", "O autocarro das {hour} não passou e não havia aviso {place}."),
        ],
    },
    first=[
        "Olá {name}, obrigado pelo aviso. Vou tratar disto.",
        "Bom dia {name}, já tenho o pedido. Continua assim?",
        "Olá {name}, amanhã entre as 9 e as 11 passa um técnico. Estará alguém?",
        "Obrigado, {name}. Que número está na etiqueta?",
    ],
    update=[
        "A peça está encomendada e deve chegar esta semana.",
        "A reparação está marcada para amanhã às {hour}.",
        "Reiniciei daqui. Pode tentar outra vez?",
        "Connosco funciona. E consigo?",
    ],
    solved=[
        "Está reparado. Obrigado pela paciência, {name}!",
        "Feito: substituído e testado.",
        "Funciona de novo. Se voltar, basta reabrir o pedido.",
    ],
    answer=[
        "Sim, continua igual.",
        "O número é {number}.",
        "Amanhã às {hour} está bem.",
        "Tentei agora mesmo, sem sorte.",
        "Obrigado pela resposta rápida!",
    ],
    nudge=["Há novidades?", "Alguém já viu isto?", "Temos {course} às {hour}, está a ficar urgente."],
    again=["Infelizmente voltou.", "Funcionou um dia e agora está como antes."],
    thanks=["Ótimo, obrigado!", "Já funciona, muito obrigada.", "Perfeito, foi rápido."],
)
