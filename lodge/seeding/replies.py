"""Canned replies of the demo campus, and messages that were sent with them."""

from typing import NamedTuple


class DemoReply(NamedTuple):
    """A reply of the team with this slug, or of everybody. `category`: it is used for tickets of this one only. `uses`:
    how many messages of staff get its text."""

    title: str
    shortcut: str
    language: str
    team: str | None
    category: str | None
    uses: int
    text: str


IT, FACILITIES = "technical-it", "facility-management"
REPLIES = [
    DemoReply(
        *("We are on it", "onit", "en", None, None, 6),
        "Hello {requester},\n\nthank you for reporting this. I have taken over ticket {number} and will write again as "
        "soon as I know more.\n\nBest wishes\n{agent}",
    ),
    DemoReply(
        *("A question back", "question", "en", None, None, 3),
        "Hello {requester},\n\nto find out what is wrong, I need to know when this happened and what you saw on the "
        "screen. A photo helps too.\n\nBest wishes\n{agent}",
    ),
    DemoReply(
        *("Is it solved?", "solved", "en", None, None, 4),
        "Hello {requester},\n\nthis should work again. If it does not, please answer here, and I shall look at it once "
        "more.\n\nBest wishes\n{agent}",
    ),
    DemoReply(
        *("Password reset", "password", "en", "it-support", IT, 3),
        "Hello {requester},\n\nyou can choose a new password at the self-service desk in {building}; please bring "
        "your student card. The new password works everywhere after ten minutes.\n\nBest wishes\n{agent}",
    ),
    DemoReply(
        *("Wi-Fi: set it up again", "wifi", "en", "it-support", IT, 4),
        "Hello {requester},\n\nplease remove the network eduroam on your device and add it anew, with your whole "
        "campus address as the user name. If it still fails in {building}, tell me the room.\n\nBest wishes\n{agent}",
    ),
    DemoReply(
        *("A technician comes", "visit", "en", "facilities", FACILITIES, 4),
        "Hello {requester},\n\na technician comes to {building} on the next working day between 8 and 12. Nobody has "
        "to be there if the room is open.\n\nBest wishes\n{agent}",
    ),
    DemoReply(
        *("Spare part ordered", "part", "en", "facilities", FACILITIES, 2),
        "Hello {requester},\n\na part has to be ordered, which takes about a week. Ticket {number} stays open until it "
        "is fitted.\n\nBest wishes\n{agent}",
    ),
    DemoReply(
        *("Opening hours", "hours", "en", "services", None, 1),
        "Hello {requester},\n\nStudent services are open from Monday to Thursday between 9 and 16, and on Friday until "
        "13. You need no appointment.\n\nBest wishes\n{agent}",
    ),
    DemoReply(
        *("Wir kümmern uns darum", "wir", "de", None, None, 3),
        "Hallo {requester},\n\nvielen Dank für die Meldung. Ich habe das Ticket {number} übernommen und melde mich, "
        "sobald ich mehr weiß.\n\nViele Grüße\n{agent}",
    ),
    DemoReply(
        *("WLAN neu einrichten", "wlan", "de", "it-support", IT, 2),
        "Hallo {requester},\n\nbitte entfernen Sie das Netz eduroam auf Ihrem Gerät und richten Sie es neu ein, mit "
        "der ganzen Campus-Adresse als Benutzername.\n\nViele Grüße\n{agent}",
    ),
    DemoReply(
        *("Techniker kommt", "techniker", "de", "facilities", FACILITIES, 2),
        "Hallo {requester},\n\nein Techniker kommt am nächsten Werktag zwischen 8 und 12 Uhr nach {building}. Ist der "
        "Raum offen, muss niemand da sein.\n\nViele Grüße\n{agent}",
    ),
]
