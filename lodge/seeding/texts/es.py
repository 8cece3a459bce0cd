"""Spanish."""

from lodge.seeding.texts.words import FACILITY, SERVICES, TECHNICAL, Words

WORDS = Words(
    code="es",
    places=("en el aula {room} ({building})", "en {building}", "en el campus"),
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
    extra={
        FACILITY: [
            "Cada vez va a peor.",
            "Otros también lo han notado.",
            "Hay clase a las {hour}.",
            "Puedo enviar una foto.",
        ],
        TECHNICAL: [
            "A otros les pasa también.",
            "En la etiqueta pone {number}.",
            "Lo necesitamos para {course} la semana que viene.",
            "La semana pasada funcionaba.",
        ],
        SERVICES: [
            "No es la primera vez.",
            "Otros también se quejaron.",
            "Fue hacia las {hour}.",
            "Nadie supo decirme a quién preguntar.",
        ],
    },
    problems={
        FACILITY: [
            ("Radiador frío", "El radiador {place} está frío {since}, estamos con el abrigo puesto.", "heating"),
            ("Ascensor parado", "El ascensor {place} está parado {since}; las puertas apenas se abren.", "lift"),
            ("La luz parpadea", "La luz {place} parpadea {since} y da dolor de cabeza.", "light"),
            ("Gotera en el techo", "Cae agua del techo {place} {since}; de momento hay un cubo.", "water"),
            ("La ventana no cierra", "Una ventana {place} no cierra {since} y entra la lluvia.", "windows"),
            ("Baño atascado", "El baño junto a la escalera {place} está atascado {since}.", "water"),
            ("Cerradura atascada", "La cerradura de la puerta {place} se atasca {since}.", "doors"),
            (
                "Sillas rotas",
                "Tres sillas {place} están rotas {since}; una cedió con un estudiante encima.",
                "furniture",
            ),
            (
                "Ventilación ruidosa",
                "La ventilación {place} hace tanto ruido {since} que no se sigue {course}.",
                "ventilation",
            ),
            ("Enchufe sin corriente", "El enchufe {number} {place} no tiene corriente {since}.", "power"),
        ],
        TECHNICAL: [
            ("Sin WiFi", "No hay WiFi {place} {since}; el móvil ve la red pero no recibe dirección.", "wifi"),
            ("WiFi inestable", "La conexión {place} se corta cada pocos minutos {since}.", "wifi"),
            (
                "No puedo entrar en el portal",
                "El portal rechaza mi contraseña {since} y el correo de recuperación no llega.",
                "account",
            ),
            ("Proyector sin imagen", "El proyector {place} no muestra nada {since}, la luz sigue azul.", "projector"),
            (
                "Impresora {number} atascada",
                "La impresora {number} {place} se atasca cada dos páginas {since}.",
                "printer",
            ),
            (
                "El ordenador no arranca",
                "El ordenador {number} {place} no arranca {since}, pita tres veces.",
                "computer",
            ),
            ("La VPN no conecta", "La VPN se para en el 90 por ciento {since} con el error {number}.", "vpn"),
            (
                "Falta un curso en la plataforma",
                "{course} no aparece en la plataforma {since}, aunque tengo matrícula.",
                "learning-platform",
            ),
            ("Sin sonido en el aula", "No hay sonido {place} {since}; el micrófono va, los altavoces no.", "audio"),
            (
                "Licencia caducada",
                "El programa de estadística {place} dice que la licencia ha caducado {since}.",
                "licence",
            ),
        ],
        SERVICES: [
            (
                "Cola larga en el comedor",
                "La cola del comedor {place} dura 40 minutos {since}; a las {hour} había una sola caja.",
                "canteen",
            ),
            ("Comida fría", "La comida {place} se sirve fría {since}.", "canteen"),
            (
                "Biblioteca cerrada antes de hora",
                "La biblioteca {place} cierra antes de la hora indicada {since}.",
                "library",
            ),
            ("Multa por un libro devuelto", "Me han multado por el libro {number}, que devolví {place}.", "library"),
            ("Secretaría no responde", "Secretaría no responde a mi correo sobre {course} {since}.", "student-office"),
            (
                "Mal trato en ventanilla",
                "En la ventanilla {place} me despacharon de malas maneras; solo pedía un impreso.",
                "front-desk",
            ),
            ("El autobús no pasó", "El autobús de las {hour} no pasó y no había ningún aviso {place}.", "shuttle"),
            (
                "Sala reservada dos veces",
                "La sala de grupo {place} está reservada dos veces {since}, tuvimos que salir.",
                "rooms",
            ),
        ],
    },
    first={
        FACILITY: [
            "Hola {name}, gracias por avisar. Me encargo yo.",
            "Buenos días {name}, mañana entre las 9 y las 11 pasa un técnico. ¿Habrá alguien?",
            "Hola {name}, el conserje va hoy a mirarlo.",
        ],
        TECHNICAL: [
            "Hola {name}, ya lo tengo. ¿Sigue igual?",
            "Gracias, {name}. ¿Qué número pone en la etiqueta?",
            "Hola {name}, ¿puedes reiniciarlo una vez y decirme si ayuda?",
        ],
        SERVICES: [
            "Hola {name}, gracias por escribir. Lo siento mucho.",
            "Hola {name}, he preguntado al equipo y te digo algo.",
            "Gracias, {name}. ¿A qué hora fue?",
        ],
    },
    update={
        FACILITY: [
            "La pieza está pedida y debería llegar esta semana.",
            "La reparación está prevista para mañana a las {hour}.",
            "La empresa vino y tiene que volver con la herramienta adecuada.",
            "El conserje encontró cerrado a las {hour}. ¿Cuándo podemos entrar?",
        ],
        TECHNICAL: [
            "Lo he reiniciado desde aquí. ¿Puedes probar otra vez?",
            "Aquí funciona. ¿Y ahí?",
            "El recambio llega esta semana.",
            "Era un ajuste equivocado, lo estamos revisando.",
        ],
        SERVICES: [
            "Sigo esperando la respuesta de la oficina y he vuelto a preguntar.",
            "La responsable ha prometido una respuesta antes de mañana a las {hour}.",
            "Dicen que fue un error suyo. ¿Puedo dar tu nombre?",
            "Desde la semana que viene habrá más personal.",
        ],
    },
    solved={
        FACILITY: ["Está reparado. ¡Gracias por la paciencia, {name}!", "Hecho: sustituido y probado."],
        TECHNICAL: [
            "Vuelve a funcionar. Si se repite, basta con reabrir la incidencia.",
            "El ajuste estaba mal y ya está bien.",
        ],
        SERVICES: [
            "Hemos hablado con el equipo, que pide disculpas.",
            "El error está corregido. Gracias por avisar, {name}.",
        ],
    },
    answer=[
        "Sí, sigue igual.",
        "El número es {number}.",
        "Mañana a las {hour} me viene bien.",
        "Acabo de probar otra vez, sin suerte.",
        "¡Gracias por la respuesta tan rápida!",
        "No, por desgracia todavía no.",
        "Hoy estoy allí hasta las {hour}.",
        "Va algo mejor, pero no del todo.",
    ],
    nudge=["¿Hay novedades?", "¿Lo ha visto alguien?", "Tenemos {course} a las {hour}, empieza a ser urgente."],
    again=["Por desgracia ha vuelto.", "Funcionó un día y ahora está como antes."],
    thanks=["¡Genial, gracias!", "Ya funciona, muchas gracias.", "Perfecto, qué rápido."],
)
