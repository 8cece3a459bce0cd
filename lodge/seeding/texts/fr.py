"""French."""

from lodge.seeding.texts.words import FACILITY, SERVICES, TECHNICAL, Words

WORDS = Words(
    code="fr",
    places=("en salle {room} ({building})", "au bâtiment {building}", "sur le campus"),
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
    extra={
        FACILITY: [
            "Cela empire.",
            "D'autres l'ont remarqué aussi.",
            "Il y a cours à {hour}.",
            "Je peux envoyer une photo.",
        ],
        TECHNICAL: [
            "D'autres l'ont aussi.",
            "L'étiquette porte le numéro {number}.",
            "Nous en avons besoin pour {course} la semaine prochaine.",
            "La semaine dernière, tout marchait.",
        ],
        SERVICES: [
            "Ce n'est pas la première fois.",
            "D'autres étaient tout aussi fâchés.",
            "C'était vers {hour}.",
            "Personne n'a su me dire à qui m'adresser.",
        ],
    },
    problems={
        FACILITY: [
            ("Radiateur froid", "Le radiateur {place} est froid {since}, nous gardons nos manteaux.", "heating"),
            ("Ascenseur bloqué", "L'ascenseur {place} est bloqué {since} ; les portes s'ouvrent à peine.", "lift"),
            ("Lumière qui clignote", "La lumière {place} clignote {since} et donne mal à la tête.", "light"),
            ("Fuite au plafond", "De l'eau tombe du plafond {place} {since} ; un seau est posé dessous.", "water"),
            (
                "Fenêtre qui ne ferme plus",
                "Une fenêtre {place} ne ferme plus {since} et il pleut à l'intérieur.",
                "windows",
            ),
            ("Toilettes bouchées", "Les toilettes près de l'escalier {place} sont bouchées {since}.", "water"),
            ("Serrure coincée", "La serrure de la porte {place} se coince {since}.", "doors"),
            (
                "Chaises cassées",
                "Trois chaises {place} sont cassées {since}, l'une a cédé sous un étudiant.",
                "furniture",
            ),
            (
                "Ventilation bruyante",
                "La ventilation {place} est si bruyante {since} qu'on ne suit plus {course}.",
                "ventilation",
            ),
            ("Prise sans courant", "La prise {number} {place} n'a plus de courant {since}.", "power"),
        ],
        TECHNICAL: [
            (
                "Pas de WiFi",
                "Le WiFi {place} a disparu {since} ; le téléphone voit le réseau sans obtenir d'adresse.",
                "wifi",
            ),
            ("WiFi instable", "La connexion {place} tombe toutes les quelques minutes {since}.", "wifi"),
            (
                "Connexion au portail refusée",
                "Le portail refuse mon mot de passe {since} et le message de secours n'arrive jamais.",
                "account",
            ),
            (
                "Projecteur sans image",
                "Le projecteur {place} n'affiche rien {since}, le voyant reste bleu.",
                "projector",
            ),
            (
                "Imprimante {number} en bourrage",
                "L'imprimante {number} {place} bourre une page sur deux {since}.",
                "printer",
            ),
            (
                "Ordinateur qui ne démarre pas",
                "L'ordinateur {number} {place} ne démarre plus {since}, il sonne trois fois.",
                "computer",
            ),
            ("VPN impossible", "Le VPN s'arrête à 90 pour cent {since}, erreur {number}.", "vpn"),
            (
                "Cours absent de la plateforme",
                "{course} n'apparaît pas sur la plateforme {since} malgré mon inscription.",
                "learning-platform",
            ),
            (
                "Pas de son dans l'amphi",
                "Il n'y a plus de son {place} {since} ; le micro marche, pas les haut-parleurs.",
                "audio",
            ),
            ("Licence expirée", "Le logiciel de statistiques {place} annonce une licence expirée {since}.", "licence"),
        ],
        SERVICES: [
            (
                "Longue queue à la cantine",
                "La queue à la cantine {place} dure 40 minutes {since} ; une seule caisse à {hour}.",
                "canteen",
            ),
            ("Repas froid", "Le déjeuner {place} est servi froid {since}.", "canteen"),
            (
                "Bibliothèque fermée trop tôt",
                "La bibliothèque {place} ferme avant l'heure affichée {since}.",
                "library",
            ),
            (
                "Amende pour un livre rendu",
                "J'ai reçu une amende pour le livre {number}, que j'avais rendu {place}.",
                "library",
            ),
            (
                "Scolarité sans réponse",
                "La scolarité ne répond pas à mon message sur {course} {since}.",
                "student-office",
            ),
            (
                "Accueil impoli",
                "À l'accueil {place} on m'a renvoyé sèchement ; je demandais un formulaire.",
                "front-desk",
            ),
            ("Navette absente", "La navette de {hour} n'est pas venue et rien n'était affiché {place}.", "shuttle"),
            (
                "Salle réservée deux fois",
                "La salle de groupe {place} est réservée deux fois {since}, nous avons dû partir.",
                "rooms",
            ),
        ],
    },
    first={
        FACILITY: [
            "Bonjour {name}, merci du signalement. Je m'en occupe.",
            "Bonjour {name}, un technicien passe demain entre 9 h et 11 h. Y aura-t-il quelqu'un ?",
            "Bonjour {name}, le gardien va voir aujourd'hui.",
        ],
        TECHNICAL: [
            "Bonjour {name}, je prends le dossier. Est-ce toujours le cas ?",
            "Merci {name}. Quel numéro porte l'étiquette ?",
            "Bonjour {name}, pouvez-vous redémarrer une fois et me dire si cela aide ?",
        ],
        SERVICES: [
            "Bonjour {name}, merci de votre message. J'en suis désolé.",
            "Bonjour {name}, j'ai interrogé l'équipe et reviens vers vous.",
            "Merci {name}. À quelle heure était-ce ?",
        ],
    },
    update={
        FACILITY: [
            "La pièce est commandée et devrait arriver cette semaine.",
            "La réparation est prévue demain à {hour}.",
            "L'entreprise est venue et doit revenir avec le bon outil.",
            "Le gardien a trouvé porte close à {hour}. Quand pouvons-nous entrer ?",
        ],
        TECHNICAL: [
            "Je l'ai redémarré d'ici. Pouvez-vous réessayer ?",
            "Chez nous cela marche. Chez vous aussi ?",
            "Le remplacement arrive cette semaine.",
            "C'était un mauvais réglage, nous le vérifions.",
        ],
        SERVICES: [
            "J'attends encore la réponse du service et l'ai relancé.",
            "Le responsable a promis une réponse d'ici demain {hour}.",
            "Ils parlent d'une erreur de leur part. Puis-je donner votre nom ?",
            "Ils seront plus nombreux dès la semaine prochaine.",
        ],
    },
    solved={
        FACILITY: ["C'est réparé. Merci de votre patience, {name} !", "C'est fait : remplacé et vérifié."],
        TECHNICAL: [
            "Tout remarche. Si cela revient, rouvrez simplement le ticket.",
            "Le réglage était faux, il est juste maintenant.",
        ],
        SERVICES: [
            "Nous en avons parlé à l'équipe, qui présente ses excuses.",
            "L'erreur est corrigée. Merci du signalement, {name}.",
        ],
    },
    answer=[
        "Oui, c'est toujours pareil.",
        "C'est le numéro {number}.",
        "Demain à {hour} me convient.",
        "Je viens de réessayer, sans succès.",
        "Merci de la réponse rapide !",
        "Non, malheureusement pas encore.",
        "Je suis sur place jusqu'à {hour} aujourd'hui.",
        "C'est un peu mieux, mais pas encore bon.",
    ],
    nudge=["Y a-t-il du nouveau ?", "Quelqu'un l'a-t-il vu ?", "Nous avons {course} à {hour}, cela devient urgent."],
    again=["Malheureusement, cela recommence.", "Cela a marché un jour et c'est comme avant."],
    thanks=["Parfait, merci !", "Cela marche, merci beaucoup.", "Super, c'était rapide."],
)
