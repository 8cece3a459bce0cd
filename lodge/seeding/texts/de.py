"""German."""

from lodge.seeding.texts.words import FACILITY, SERVICES, TECHNICAL, Words

WORDS = Words(
    code="de",
    places=("in Raum {room}, {building}", "im Gebäude {building}", "auf dem Campus"),
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
    extra=[
        "Es wird immer schlimmer.",
        "Anderen ist es auch aufgefallen.",
        "Das war letzten Monat schon einmal so.",
        "Um {hour} Uhr ist dort eine Vorlesung.",
        "Auf dem Aufkleber steht {number}.",
        "Wir brauchen es nächste Woche für {course}.",
        "Ein Foto kann ich gern schicken.",
    ],
    problems={
        FACILITY: [
            ("Heizung bleibt kalt", "Die Heizung {place} bleibt {since} kalt, wir sitzen in Jacken da."),
            ("Aufzug steht", "Der Aufzug {place} steht {since}; die Türen gehen nur einen Spalt auf."),
            ("Licht flackert", "Das Licht {place} flackert {since} und macht Kopfschmerzen."),
            ("Wasser tropft von der Decke", "{place} tropft {since} Wasser von der Decke; ein Eimer steht darunter."),
            (
                "Fenster schließt nicht",
                "Ein Fenster {place} lässt sich {since} nicht mehr schließen, es regnet herein.",
            ),
            ("Toilette verstopft", "Die Toilette neben der Treppe {place} ist {since} verstopft."),
            ("Türschloss klemmt", "Das Türschloss {place} klemmt {since}, man kommt kaum hinein."),
            ("Stühle kaputt", "Drei Stühle {place} sind {since} kaputt, einer ist unter jemandem zusammengebrochen."),
            ("Lüftung sehr laut", "Die Lüftung {place} ist {since} so laut, dass man in {course} nichts versteht."),
            ("Steckdose ohne Strom", "Die Steckdose {number} {place} hat {since} keinen Strom."),
        ],
        TECHNICAL: [
            ("Kein WLAN", "Das WLAN {place} ist {since} weg; das Handy findet das Netz, bekommt aber keine Adresse."),
            ("WLAN bricht ab", "Die Verbindung {place} bricht {since} alle paar Minuten ab."),
            (
                "Anmeldung am Portal geht nicht",
                "Das Portal nimmt {since} mein Passwort nicht an, und die Mail zum Zurücksetzen kommt nie.",
            ),
            ("Beamer ohne Bild", "Der Beamer {place} zeigt {since} kein Bild, die Lampe bleibt blau."),
            ("Drucker {number} staut", "Der Drucker {number} {place} hat {since} auf jeder zweiten Seite Papierstau."),
            ("Rechner startet nicht", "Rechner {number} {place} startet {since} nicht mehr, er piept dreimal."),
            ("VPN verbindet nicht", "Das VPN bleibt {since} bei 90 Prozent stehen, Fehler {number}."),
            (
                "Kurs fehlt auf der Lernplattform",
                "{course} fehlt {since} auf der Lernplattform, obwohl ich angemeldet bin.",
            ),
            ("Kein Ton im Hörsaal", "{place} gibt es {since} keinen Ton, das Mikrofon geht, die Lautsprecher nicht."),
            ("Lizenz abgelaufen", "Die Statistiksoftware {place} meldet {since} eine abgelaufene Lizenz."),
        ],
        SERVICES: [
            (
                "Lange Schlange in der Mensa",
                "Die Schlange in der Mensa {place} dauert {since} 40 Minuten; um {hour} Uhr war nur eine Kasse offen.",
            ),
            ("Essen kalt", "Das Essen {place} wird {since} kalt ausgegeben."),
            ("Bibliothek zu früh geschlossen", "Die Bibliothek {place} schließt {since} vor der angegebenen Zeit."),
            (
                "Mahngebühr trotz Rückgabe",
                "Für Buch {number} wurde mir eine Gebühr berechnet, obwohl ich es {place} abgegeben habe.",
            ),
            ("Keine Antwort vom Studienbüro", "Das Studienbüro antwortet {since} nicht auf meine Mail zu {course}."),
            (
                "Unfreundlich am Schalter",
                "Am Schalter {place} wurde ich unfreundlich weggeschickt; ich wollte nur ein Formular.",
            ),
            ("Bus fiel aus", "Der Pendelbus um {hour} Uhr ist ausgefallen, {place} stand kein Hinweis."),
            (
                "Raum doppelt vergeben",
                "Der Gruppenraum {place} ist {since} doppelt vergeben, wir mussten mittendrin gehen.",
            ),
        ],
    },
    first=[
        "Hallo {name}, danke für den Hinweis. Ich kümmere mich darum.",
        "Guten Tag {name}, ich habe es übernommen. Ist es immer noch so?",
        "Hallo {name}, morgen zwischen 9 und 11 kommt jemand vorbei. Ist dann jemand da?",
        "Danke, {name}. Welche Nummer steht auf dem Aufkleber?",
    ],
    update=[
        "Das Teil ist bestellt und sollte diese Woche da sein.",
        "Die Reparatur ist für morgen um {hour} Uhr geplant.",
        "Ich habe es von hier neu gestartet. Bitte noch einmal probieren.",
        "Bei uns geht es. Bei Ihnen jetzt auch?",
    ],
    solved=[
        "Es ist repariert. Danke für die Geduld, {name}!",
        "Erledigt: ausgetauscht und geprüft.",
        "Es geht wieder. Wenn es zurückkommt, bitte das Ticket wieder öffnen.",
    ],
    answer=[
        "Ja, es ist immer noch so.",
        "Die Nummer ist {number}.",
        "Morgen um {hour} Uhr passt gut.",
        "Eben noch einmal probiert, leider ohne Erfolg.",
        "Danke für die schnelle Antwort!",
    ],
    nudge=[
        "Gibt es schon etwas Neues?",
        "Hat das schon jemand gesehen?",
        "Um {hour} Uhr ist dort {course}, es wird dringend.",
    ],
    again=["Leider ist es wieder da.", "Einen Tag ging es, jetzt ist es wie vorher."],
    thanks=["Super, danke!", "Jetzt geht es, vielen Dank.", "Perfekt, das ging schnell."],
)
