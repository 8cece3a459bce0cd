"""Spanish."""

from lodge.seeding.texts.words import FACILITY, SERVICES, TECHNICAL, Words

WORDS = Words(
    code="es",
    places=("en el aula {room}, {building}", "en {building}", "en el campus"),
    since=[
        "desde esta mañana",
        "desde ayer",
        "desde el lunes",
        "desde hace tres días",
        "desde hace una semana",
        "desde el fin de semana",
        "desde el inicio del curso",
        "desde las {hour}",
    ],
    greetings=["Hola:", "Buenos días:", "Buenas tardes:"],
    closings=[
        "¡Gracias!",
        "Muchas gracias de antemano.",
        "¿Puede alguien echar un vistazo?",
        "Un saludo",
        "Estoy disponible por aquí.",
    ],
    extra=[
        "Cada vez va a peor.",
        "Otros también lo han notado.",
        "Ya pasó el mes pasado.",
        "Hay clase a las {hour}.",
        "En la etiqueta pone {number}.",
        "Lo necesitamos para {course} la semana que viene.",
        "Puedo enviar una foto.",
    ],
    problems={
        FACILITY: [
            ("Radiador frío", "El radiador {place} está frío {since}, estamos con el abrigo puesto."),
            ("Ascensor parado", "El ascensor {place} está parado {since}; las puertas apenas se abren."),
            ("La luz parpadea", "La luz {place} parpadea {since} y da dolor de cabeza."),
            ("Gotera en el techo", "Cae agua del techo {place} {since}; de momento hay un cubo."),
            ("La ventana no cierra", "Una ventana {place} no cierra {since} y entra la lluvia."),
            ("Baño atascado", "El baño junto a la escalera {place} está atascado {since}."),
            ("Cerradura atascada", "La cerradura de la puerta {place} se atasca {since}."),
            ("Sillas rotas", "Tres sillas {place} están rotas {since}; una cedió con un estudiante encima."),
            ("Ventilación ruidosa", "La ventilación {place} hace tanto ruido {since} que no se sigue {course}."),
            ("Enchufe sin corriente", "El enchufe {number} {place} no tiene corriente {since}."),
        ],
        TECHNICAL: [
            ("Sin WiFi", "No hay WiFi {place} {since}; el móvil ve la red pero no recibe dirección."),
            ("WiFi inestable", "La conexión {place} se corta cada pocos minutos {since}."),
            (
                "No puedo entrar en el portal",
                "El portal rechaza mi contraseña {since} y el correo de recuperación no llega.",
            ),
            ("Proyector sin imagen", "El proyector {place} no muestra nada {since}, la luz sigue azul."),
            ("Impresora {number} atascada", "La impresora {number} {place} se atasca cada dos páginas {since}."),
            ("El ordenador no arranca", "El ordenador {number} {place} no arranca {since}, pita tres veces."),
            ("La VPN no conecta", "La VPN se para en el 90 por ciento {since} con el error {number}."),
            (
                "Falta un curso en la plataforma",
                "{course} no aparece en la plataforma {since}, aunque tengo matrícula.",
            ),
            ("Sin sonido en el aula", "No hay sonido {place} {since}; el micrófono va, los altavoces no."),
            ("Licencia caducada", "El programa de estadística {place} dice que la licencia ha caducado {since}."),
        ],
        SERVICES: [
            (
                "Cola larga en el comedor",
                "La cola del comedor {place} dura 40 minutos {since}; a las {hour} había una sola caja.",
            ),
            ("Comida fría", "La comida {place} se sirve fría {since}."),
            ("Biblioteca cerrada antes de hora", "La biblioteca {place} cierra antes de la hora indicada {since}."),
            ("Multa por un libro devuelto", "Me han multado por el libro {number}, que devolví {place}."),
            ("Secretaría no responde", "Secretaría no responde a mi correo sobre {course} {since}."),
            (
                "Mal trato en ventanilla",
                "En la ventanilla {place} me despacharon de malas maneras; solo pedía un impreso.",
            ),
            ("El autobús no pasó", "El autobús de las {hour} no pasó y no había ningún aviso {place}."),
            (
                "Sala reservada dos veces",
                "La sala de grupo {place} está reservada dos veces {since}, tuvimos que salir.",
            ),
        ],
    },
    first=[
        "Hola {name}, gracias por avisar. Me encargo yo.",
        "Hola {name}, ya lo tengo. ¿Sigue igual?",
        "Buenos días {name}, mañana entre las 9 y las 11 pasa un técnico. ¿Habrá alguien?",
        "Gracias, {name}. ¿Qué número pone en la etiqueta?",
    ],
    update=[
        "La pieza está pedida y debería llegar esta semana.",
        "La reparación está prevista para mañana a las {hour}.",
        "Lo he reiniciado desde aquí. ¿Puedes probar otra vez?",
        "Aquí funciona. ¿Y ahí?",
    ],
    solved=[
        "Está reparado. ¡Gracias por la paciencia, {name}!",
        "Hecho: sustituido y probado.",
        "Vuelve a funcionar. Si se repite, basta con reabrir la incidencia.",
    ],
    answer=[
        "Sí, sigue igual.",
        "El número es {number}.",
        "Mañana a las {hour} me viene bien.",
        "Acabo de probar otra vez, sin suerte.",
        "¡Gracias por la respuesta tan rápida!",
    ],
    nudge=["¿Hay novedades?", "¿Lo ha visto alguien?", "Tenemos {course} a las {hour}, empieza a ser urgente."],
    again=["Por desgracia ha vuelto.", "Funcionó un día y ahora está como antes."],
    thanks=["¡Genial, gracias!", "Ya funciona, muchas gracias.", "Perfecto, qué rápido."],
)
