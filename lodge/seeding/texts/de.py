"""German."""

from lodge.seeding.texts.words import FACILITY, SERVICES, TECHNICAL, Words

WORDS = Words(
    code="de",
    places=("in Raum {room} ({building})", "im Gebäude {building}", "auf dem Campus"),
    since=[
        "seit heute Morgen",
        "seit gestern",
        "seit Montag",
        "seit drei Tagen",
        "seit etwa einer Woche",
        "seit dem Wochenende",
        "seit Semesterbeginn",
        "seit {hour} Uhr",
    ],
    greetings=["Hallo,", "Guten Tag,", "Guten Morgen,", "Liebes Helpdesk-Team,"],
    closings=[
        "Vielen Dank!",
        "Danke im Voraus.",
        "Könnte bitte jemand nachsehen?",
        "Viele Grüße",
        "Ich bin jederzeit hier erreichbar.",
    ],
    extra={
        FACILITY: [
            "Es wird immer schlimmer.",
            "Anderen ist es auch aufgefallen.",
            "Um {hour} Uhr ist dort eine Vorlesung.",
            "Ein Foto kann ich gern schicken.",
        ],
        TECHNICAL: [
            "Anderen geht es auch so.",
            "Auf dem Aufkleber steht {number}.",
            "Wir brauchen es nächste Woche für {course}.",
            "Letzte Woche ging es noch.",
        ],
        SERVICES: [
            "Das war nicht das erste Mal.",
            "Andere haben sich auch geärgert.",
            "Es war gegen {hour} Uhr.",
            "Niemand konnte mir sagen, wer zuständig ist.",
        ],
    },
    problems={
        FACILITY: [
            ("Heizung bleibt kalt", "Die Heizung {place} bleibt {since} kalt, wir sitzen in Jacken da.", "heating"),
            ("Aufzug steht", "Der Aufzug {place} steht {since}; die Türen gehen nur einen Spalt auf.", "lift"),
            ("Licht flackert", "Das Licht {place} flackert {since} und macht Kopfschmerzen.", "light"),
            (
                "Wasser tropft von der Decke",
                "{place} tropft {since} Wasser von der Decke; ein Eimer steht darunter.",
                "water",
            ),
            (
                "Fenster schließt nicht",
                "Ein Fenster {place} lässt sich {since} nicht mehr schließen, es regnet herein.",
                "windows",
            ),
            ("Toilette verstopft", "Die Toilette neben der Treppe {place} ist {since} verstopft.", "water"),
            ("Türschloss klemmt", "Das Türschloss {place} klemmt {since}, man kommt kaum hinein.", "doors"),
            (
                "Stühle kaputt",
                "Drei Stühle {place} sind {since} kaputt, einer ist unter jemandem zusammengebrochen.",
                "furniture",
            ),
            (
                "Lüftung sehr laut",
                "Die Lüftung {place} ist {since} so laut, dass man in {course} nichts versteht.",
                "ventilation",
            ),
            ("Steckdose ohne Strom", "Die Steckdose {number} {place} hat {since} keinen Strom.", "power"),
        ],
        TECHNICAL: [
            (
                "Kein WLAN",
                "Das WLAN {place} ist {since} weg; das Handy findet das Netz, bekommt aber keine Adresse.",
                "wifi",
            ),
            ("WLAN bricht ab", "Die Verbindung {place} bricht {since} alle paar Minuten ab.", "wifi"),
            (
                "Anmeldung am Portal geht nicht",
                "Das Portal nimmt {since} mein Passwort nicht an, und die Mail zum Zurücksetzen kommt nie.",
                "account",
            ),
            ("Beamer ohne Bild", "Der Beamer {place} zeigt {since} kein Bild, die Lampe bleibt blau.", "projector"),
            (
                "Drucker {number} staut",
                "Der Drucker {number} {place} hat {since} auf jeder zweiten Seite Papierstau.",
                "printer",
            ),
            (
                "Rechner startet nicht",
                "Rechner {number} {place} startet {since} nicht mehr, er piept dreimal.",
                "computer",
            ),
            ("VPN verbindet nicht", "Das VPN bleibt {since} bei 90 Prozent stehen, Fehler {number}.", "vpn"),
            (
                "Kurs fehlt auf der Lernplattform",
                "{course} fehlt {since} auf der Lernplattform, obwohl ich angemeldet bin.",
                "learning-platform",
            ),
            (
                "Kein Ton im Hörsaal",
                "{place} gibt es {since} keinen Ton, das Mikrofon geht, die Lautsprecher nicht.",
                "audio",
            ),
            ("Lizenz abgelaufen", "Die Statistiksoftware {place} meldet {since} eine abgelaufene Lizenz.", "licence"),
        ],
        SERVICES: [
            (
                "Lange Schlange in der Mensa",
                "Die Schlange in der Mensa {place} dauert {since} 40 Minuten; um {hour} Uhr war nur eine Kasse offen.",
                "canteen",
            ),
            ("Essen kalt", "Das Essen {place} wird {since} kalt ausgegeben.", "canteen"),
            (
                "Bibliothek zu früh geschlossen",
                "Die Bibliothek {place} schließt {since} vor der angegebenen Zeit.",
                "library",
            ),
            (
                "Mahngebühr trotz Rückgabe",
                "Für Buch {number} wurde mir eine Gebühr berechnet, obwohl ich es {place} abgegeben habe.",
                "library",
            ),
            (
                "Keine Antwort vom Studienbüro",
                "Das Studienbüro antwortet {since} nicht auf meine Mail zu {course}.",
                "student-office",
            ),
            (
                "Unfreundlich am Schalter",
                "Am Schalter {place} wurde ich unfreundlich weggeschickt; ich wollte nur ein Formular.",
                "front-desk",
            ),
            ("Bus fiel aus", "Der Pendelbus um {hour} Uhr ist ausgefallen, {place} stand kein Hinweis.", "shuttle"),
            (
                "Raum doppelt vergeben",
                "Der Gruppenraum {place} ist {since} doppelt vergeben, wir mussten mittendrin gehen.",
                "rooms",
            ),
        ],
    },
    first={
        FACILITY: [
            "Hallo {name}, danke für den Hinweis. Ich kümmere mich darum.",
            "Hallo {name}, morgen zwischen 9 und 11 kommt jemand vorbei. Ist dann jemand da?",
            "Guten Tag {name}, der Hausmeister sieht heute danach.",
        ],
        TECHNICAL: [
            "Guten Tag {name}, ich habe es übernommen. Ist es immer noch so?",
            "Danke, {name}. Welche Nummer steht auf dem Aufkleber?",
            "Hallo {name}, bitte einmal neu starten und sagen, ob es hilft.",
        ],
        SERVICES: [
            "Hallo {name}, danke für die Nachricht. Das tut mir leid.",
            "Guten Tag {name}, ich habe dort nachgefragt und melde mich.",
            "Danke, {name}. Um wie viel Uhr war das?",
        ],
    },
    update={
        FACILITY: [
            "Das Teil ist bestellt und sollte diese Woche da sein.",
            "Die Reparatur ist für morgen um {hour} Uhr geplant.",
            "Die Firma war da und kommt noch einmal mit dem richtigen Werkzeug.",
            "Der Hausmeister stand um {hour} Uhr vor verschlossener Tür. Wann passt es?",
        ],
        TECHNICAL: [
            "Ich habe es von hier neu gestartet. Bitte noch einmal probieren.",
            "Bei uns geht es. Bei Ihnen jetzt auch?",
            "Ersatz ist unterwegs und kommt diese Woche.",
            "Es war eine falsche Einstellung; wir prüfen sie gerade.",
        ],
        SERVICES: [
            "Ich warte noch auf die Antwort und habe noch einmal nachgefragt.",
            "Die Leitung hat bis morgen um {hour} Uhr eine Antwort versprochen.",
            "Dort heißt es, es war ein Versehen. Darf ich Ihren Namen nennen?",
            "Ab nächster Woche sind dort mehr Leute da.",
        ],
    },
    solved={
        FACILITY: ["Es ist repariert. Danke für die Geduld, {name}!", "Erledigt: ausgetauscht und geprüft."],
        TECHNICAL: [
            "Es geht wieder. Wenn es zurückkommt, bitte das Ticket wieder öffnen.",
            "Die Einstellung war falsch und stimmt jetzt.",
        ],
        SERVICES: [
            "Wir haben mit dem Team gesprochen, es entschuldigt sich.",
            "Der Fehler ist behoben. Danke für den Hinweis, {name}.",
        ],
    },
    answer=[
        "Ja, es ist immer noch so.",
        "Die Nummer ist {number}.",
        "Morgen um {hour} Uhr passt gut.",
        "Eben noch einmal probiert, leider ohne Erfolg.",
        "Danke für die schnelle Antwort!",
        "Nein, leider noch nicht.",
        "Ich bin heute bis {hour} Uhr dort.",
        "Etwas besser, aber noch nicht gut.",
    ],
    nudge=[
        "Gibt es schon etwas Neues?",
        "Hat das schon jemand gesehen?",
        "Um {hour} Uhr ist dort {course}, es wird dringend.",
    ],
    again=["Leider ist es wieder da.", "Einen Tag ging es, jetzt ist es wie vorher."],
    thanks=["Super, danke!", "Jetzt geht es, vielen Dank.", "Perfekt, das ging schnell."],
)
