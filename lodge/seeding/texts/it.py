"""Italian."""

from lodge.seeding.texts.words import FACILITY, SERVICES, TECHNICAL, Words

WORDS = Words(
    code="it",
    places=("nell'aula {room} ({building})", "presso {building}", "nel campus"),
    since=[
        "da stamattina",
        "da ieri",
        "da lunedì",
        "da tre giorni",
        "da circa una settimana",
        "dal fine settimana",
        "dall'inizio del semestre",
        "dalle {hour}",
    ],
    greetings=["Buongiorno,", "Salve,", "Ciao,", "Gentile helpdesk,"],
    closings=[
        "Grazie!",
        "Grazie mille in anticipo.",
        "Qualcuno può dare un'occhiata?",
        "Cordiali saluti",
        "Sono sempre raggiungibile qui.",
    ],
    extra={
        FACILITY: [
            "La situazione peggiora.",
            "Se ne sono accorti anche altri.",
            "Alle {hour} c'è lezione.",
            "Posso mandare una foto.",
        ],
        TECHNICAL: [
            "Capita anche ad altri.",
            "Sull'etichetta c'è scritto {number}.",
            "Ci serve per {course} la settimana prossima.",
            "La settimana scorsa funzionava.",
        ],
        SERVICES: [
            "Non è la prima volta.",
            "Anche altri si sono lamentati.",
            "Erano circa le {hour}.",
            "Nessuno sapeva dirmi a chi rivolgermi.",
        ],
    },
    problems={
        FACILITY: [
            ("Termosifone freddo", "Il termosifone {place} è freddo {since}, restiamo con il cappotto.", "heating"),
            ("Ascensore bloccato", "L'ascensore {place} è bloccato {since}; le porte si aprono solo un poco.", "lift"),
            ("Luce che sfarfalla", "La luce {place} sfarfalla {since} e fa venire mal di testa.", "light"),
            (
                "Perdita d'acqua dal soffitto",
                "Cade acqua dal soffitto {place} {since}; per ora c'è un secchio.",
                "water",
            ),
            ("Finestra che non chiude", "Una finestra {place} non chiude {since} e piove dentro.", "windows"),
            ("Bagno intasato", "Il bagno vicino alle scale {place} è intasato {since}.", "water"),
            ("Serratura difettosa", "La serratura della porta {place} si blocca {since}, si entra a fatica.", "doors"),
            ("Sedie rotte", "Tre sedie {place} sono rotte {since}, una ha ceduto sotto uno studente.", "furniture"),
            (
                "Ventilazione rumorosa",
                "La ventilazione {place} è così rumorosa {since} che non si segue {course}.",
                "ventilation",
            ),
            ("Presa senza corrente", "La presa {number} {place} è senza corrente {since}.", "power"),
        ],
        TECHNICAL: [
            (
                "WiFi assente",
                "Il WiFi {place} manca {since}; il telefono vede la rete ma non riceve un indirizzo.",
                "wifi",
            ),
            ("WiFi instabile", "La connessione {place} cade ogni pochi minuti {since}.", "wifi"),
            (
                "Accesso al portale negato",
                "Il portale rifiuta la mia password {since} e la mail di recupero non arriva mai.",
                "account",
            ),
            (
                "Proiettore senza immagine",
                "Il proiettore {place} non mostra nulla {since}, la spia resta blu.",
                "projector",
            ),
            (
                "Stampante {number} inceppata",
                "La stampante {number} {place} si inceppa a ogni pagina {since}.",
                "printer",
            ),
            ("Il computer non si avvia", "Il computer {number} {place} non si avvia {since}, fa tre bip.", "computer"),
            ("VPN non si collega", "La VPN si ferma al 90 per cento {since} con l'errore {number}.", "vpn"),
            (
                "Corso assente dalla piattaforma",
                "{course} non compare sulla piattaforma {since}, anche se sono iscritto.",
                "learning-platform",
            ),
            ("Nessun audio in aula", "Manca l'audio {place} {since}; il microfono va, gli altoparlanti no.", "audio"),
            ("Licenza scaduta", "Il programma di statistica {place} dice che la licenza è scaduta {since}.", "licence"),
        ],
        SERVICES: [
            (
                "Fila lunga in mensa",
                "La fila in mensa {place} dura 40 minuti {since}; alle {hour} era aperta una sola cassa.",
                "canteen",
            ),
            ("Pasto freddo", "Il pranzo {place} viene servito freddo {since}.", "canteen"),
            (
                "Biblioteca chiusa in anticipo",
                "La biblioteca {place} chiude prima dell'orario indicato {since}.",
                "library",
            ),
            (
                "Multa per un libro restituito",
                "Ho ricevuto una multa per il libro {number}, che avevo restituito {place}.",
                "library",
            ),
            (
                "Nessuna risposta dalla segreteria",
                "La segreteria non risponde {since} alla mia mail su {course}.",
                "student-office",
            ),
            (
                "Scortesia allo sportello",
                "Allo sportello {place} mi hanno mandato via in malo modo; chiedevo solo un modulo.",
                "front-desk",
            ),
            (
                "Navetta non passata",
                "La navetta delle {hour} non è passata e {place} non c'era alcun avviso.",
                "shuttle",
            ),
            (
                "Aula prenotata due volte",
                "La saletta {place} è prenotata due volte {since}, siamo dovuti uscire a metà.",
                "rooms",
            ),
        ],
    },
    first={
        FACILITY: [
            "Buongiorno {name}, grazie della segnalazione. Me ne occupo io.",
            "Buongiorno {name}, domani tra le 9 e le 11 passa un tecnico. Ci sarà qualcuno?",
            "Ciao {name}, oggi il custode va a vedere.",
        ],
        TECHNICAL: [
            "Ciao {name}, l'ho preso in carico. È ancora così?",
            "Grazie, {name}. Che numero c'è sull'etichetta?",
            "Buongiorno {name}, può riavviare una volta e dirmi se aiuta?",
        ],
        SERVICES: [
            "Buongiorno {name}, grazie di aver scritto. Mi dispiace.",
            "Ciao {name}, ho chiesto al personale e le faccio sapere.",
            "Grazie, {name}. A che ora è successo?",
        ],
    },
    update={
        FACILITY: [
            "Il pezzo è ordinato e dovrebbe arrivare in settimana.",
            "La riparazione è prevista per domani alle {hour}.",
            "La ditta è venuta e deve tornare con l'attrezzo giusto.",
            "Il custode alle {hour} ha trovato chiuso. Quando possiamo entrare?",
        ],
        TECHNICAL: [
            "L'ho riavviato da qui. Può riprovare?",
            "Da noi funziona. Adesso anche da lei?",
            "Il ricambio è in arrivo in settimana.",
            "Era un'impostazione sbagliata, la stiamo controllando.",
        ],
        SERVICES: [
            "Aspetto ancora la risposta dell'ufficio e ho sollecitato.",
            "Il responsabile ha promesso una risposta entro domani alle {hour}.",
            "Dicono che è stato un errore loro. Posso fare il suo nome?",
            "Dalla prossima settimana ci sarà più personale.",
        ],
    },
    solved={
        FACILITY: ["È riparato. Grazie della pazienza, {name}!", "Fatto: sostituito e provato."],
        TECHNICAL: [
            "Funziona di nuovo. Se ricapita, basta riaprire la segnalazione.",
            "L'impostazione era sbagliata, ora è a posto.",
        ],
        SERVICES: [
            "Ne abbiamo parlato con il personale, che si scusa.",
            "L'errore è stato corretto. Grazie della segnalazione, {name}.",
        ],
    },
    answer=[
        "Sì, è ancora così.",
        "Il numero è {number}.",
        "Domani alle {hour} va bene.",
        "Ho appena riprovato, senza successo.",
        "Grazie della risposta veloce!",
        "No, purtroppo non ancora.",
        "Oggi sono lì fino alle {hour}.",
        "Va un po' meglio, ma non bene.",
    ],
    nudge=["Ci sono novità?", "Qualcuno l'ha visto?", "Alle {hour} abbiamo {course}, è urgente."],
    again=["Purtroppo si ripresenta.", "Per un giorno ha funzionato, ora è come prima."],
    thanks=["Perfetto, grazie!", "Ora funziona, grazie mille.", "Ottimo, siete stati veloci."],
)
