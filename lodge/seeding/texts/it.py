"""Italian."""

from lodge.seeding.texts.words import FACILITY, SERVICES, TECHNICAL, Words

WORDS = Words(
    code="it",
    places=("nell'aula {room}, {building}", "presso {building}", "nel campus"),
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
    extra=[
        "La situazione peggiora.",
        "Se ne sono accorti anche altri.",
        "Era già successo il mese scorso.",
        "Alle {hour} c'è lezione.",
        "Sull'etichetta c'è scritto {number}.",
        "Ci serve per {course} la settimana prossima.",
        "Posso mandare una foto.",
    ],
    problems={
        FACILITY: [
            ("Termosifone freddo", "Il termosifone {place} è freddo {since}, restiamo con il cappotto."),
            ("Ascensore bloccato", "L'ascensore {place} è bloccato {since}; le porte si aprono solo un poco."),
            ("Luce che sfarfalla", "La luce {place} sfarfalla {since} e fa venire mal di testa."),
            ("Perdita d'acqua dal soffitto", "Cade acqua dal soffitto {place} {since}; per ora c'è un secchio."),
            ("Finestra che non chiude", "Una finestra {place} non chiude {since} e piove dentro."),
            ("Bagno intasato", "Il bagno vicino alle scale {place} è intasato {since}."),
            ("Serratura difettosa", "La serratura della porta {place} si blocca {since}, si entra a fatica."),
            ("Sedie rotte", "Tre sedie {place} sono rotte {since}, una ha ceduto sotto uno studente."),
            ("Ventilazione rumorosa", "La ventilazione {place} è così rumorosa {since} che non si segue {course}."),
            ("Presa senza corrente", "La presa {number} {place} è senza corrente {since}."),
        ],
        TECHNICAL: [
            ("WiFi assente", "Il WiFi {place} manca {since}; il telefono vede la rete ma non riceve un indirizzo."),
            ("WiFi instabile", "La connessione {place} cade ogni pochi minuti {since}."),
            (
                "Accesso al portale negato",
                "Il portale rifiuta la mia password {since} e la mail di recupero non arriva mai.",
            ),
            ("Proiettore senza immagine", "Il proiettore {place} non mostra nulla {since}, la spia resta blu."),
            ("Stampante {number} inceppata", "La stampante {number} {place} si inceppa a ogni pagina {since}."),
            ("Il computer non si avvia", "Il computer {number} {place} non si avvia {since}, fa tre bip."),
            ("VPN non si collega", "La VPN si ferma al 90 per cento {since} con l'errore {number}."),
            (
                "Corso assente dalla piattaforma",
                "{course} non compare sulla piattaforma {since}, anche se sono iscritto.",
            ),
            ("Nessun audio in aula", "Manca l'audio {place} {since}; il microfono va, gli altoparlanti no."),
            ("Licenza scaduta", "Il programma di statistica {place} dice che la licenza è scaduta {since}."),
        ],
        SERVICES: [
            (
                "Fila lunga in mensa",
                "La fila in mensa {place} dura 40 minuti {since}; alle {hour} era aperta una sola cassa.",
            ),
            ("Pasto freddo", "Il pranzo {place} viene servito freddo {since}."),
            ("Biblioteca chiusa in anticipo", "La biblioteca {place} chiude prima dell'orario indicato {since}."),
            (
                "Multa per un libro restituito",
                "Ho ricevuto una multa per il libro {number}, che avevo restituito {place}.",
            ),
            ("Nessuna risposta dalla segreteria", "La segreteria non risponde {since} alla mia mail su {course}."),
            (
                "Scortesia allo sportello",
                "Allo sportello {place} mi hanno mandato via in malo modo; chiedevo solo un modulo.",
            ),
            ("Navetta non passata", "La navetta delle {hour} non è passata e {place} non c'era alcun avviso."),
            (
                "Aula prenotata due volte",
                "La saletta {place} è prenotata due volte {since}, siamo dovuti uscire a metà.",
            ),
        ],
    },
    first=[
        "Buongiorno {name}, grazie della segnalazione. Me ne occupo io.",
        "Ciao {name}, l'ho preso in carico. È ancora così?",
        "Buongiorno {name}, domani tra le 9 e le 11 passa un tecnico. Ci sarà qualcuno?",
        "Grazie, {name}. Che numero c'è sull'etichetta?",
    ],
    update=[
        "Il pezzo è ordinato e dovrebbe arrivare in settimana.",
        "La riparazione è prevista per domani alle {hour}.",
        "L'ho riavviato da qui. Può riprovare?",
        "Da noi funziona. Adesso anche da lei?",
    ],
    solved=[
        "È riparato. Grazie della pazienza, {name}!",
        "Fatto: sostituito e provato.",
        "Funziona di nuovo. Se ricapita, basta riaprire la segnalazione.",
    ],
    answer=[
        "Sì, è ancora così.",
        "Il numero è {number}.",
        "Domani alle {hour} va bene.",
        "Ho appena riprovato, senza successo.",
        "Grazie della risposta veloce!",
    ],
    nudge=["Ci sono novità?", "Qualcuno l'ha visto?", "Alle {hour} abbiamo {course}, è urgente."],
    again=["Purtroppo si ripresenta.", "Per un giorno ha funzionato, ora è come prima."],
    thanks=["Perfetto, grazie!", "Ora funziona, grazie mille.", "Ottimo, siete stati veloci."],
)
