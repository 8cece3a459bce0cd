"""A small campus that has something of everything, made as people make it: over the data API and by an import."""

import unicodedata
from typing import Any

import httpx

from tests.lodge.waiting import wait_until
from tests.releases.running_desk import RunningDesk

DECOMPOSED = unicodedata.normalize("NFD", "José Muñoz")
MIA, JOSE, NOOR = ("student", "Mia Rossi"), ("student", DECOMPOSED), ("student", "نور حداد")
ADA, TOM, INES, YUKI = (
    ("agent", "Ada Okafor"),
    ("agent", "Tom Weber"),
    ("admin", "Ines Lima"),
    ("analyst", "Yuki Tanaka"),
)
WIFI = "The WiFi in the reading room of the library drops every few minutes."
LOST = [
    f"I lost my {what} in the lecture hall" for what in ("umbrella", "scarf", "bottle", "notebook", "glove", "ring")
]
LOST += [f"Somebody found a {what} at the entrance" for what in ("wallet", "phone", "bag", "jacket", "hat", "key")]
PARKING = [f"No free parking space for my car on level {level}" for level in range(6)]
PARKING += [f"The barrier of car park {letter} does not open" for letter in "ABCDEF"]
BLANK = "/tickets/{ticket_id}/history/{event_id}/blank"
LEARNED_SECONDS = 300.0  # a new model comes within half a minute, on a machine that has nothing else to do


class Person(httpx.Client):
    """Someone who has entered. What they ask for is answered, or it fails."""

    def __init__(self, data_api: str, role: str, name: str) -> None:
        super().__init__(base_url=data_api, trust_env=False, timeout=60)
        session = self.ask("POST", "/sessions", json={"role": role, "name": name})
        self.id: int = session["person"]["id"]
        self.headers["Authorization"] = f"Bearer {session['token']}"

    def ask(self, method: str, path: str, **what: Any) -> Any:
        answer = self.request(method, path, **what)
        assert answer.is_success, f"{method} {answer.request.url}: {answer.text}"
        return answer.json() if answer.content else None

    def walk(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Everything in a list, page by page."""
        page = self.ask("GET", path, params=query)
        found: list[dict[str, Any]] = page["items"]
        while page["next_cursor"] is not None:
            page = self.ask("GET", path, params={**query, "cursor": page["next_cursor"]})
            found += page["items"]
        return found

    def report(self, description: str, **fields: Any) -> int:
        """The new ticket's number."""
        return int(self.ask("POST", "/tickets", json={"description": description, **fields})["id"])

    def edit(self, ticket_id: int, **fields: Any) -> None:
        version = self.ask("GET", f"/tickets/{ticket_id}")["version"]
        self.ask("PATCH", f"/tickets/{ticket_id}", json={"version": version, **fields})

    def move(self, ticket_id: int, status: str, **fields: Any) -> None:
        self.ask("POST", f"/tickets/{ticket_id}/status", json={"status": status, **fields})

    def say(self, ticket_id: int, body: str, **fields: Any) -> int:
        """The new message's number."""
        return int(self.ask("POST", f"/tickets/{ticket_id}/messages", json={"body": body, **fields})["id"])


def fill(desk: RunningDesk) -> None:
    """An empty desk. When it returns, nothing more happens there by itself."""
    examples = desk.checkout / "docs" / "examples"
    desk.lodge("import", str(examples / "tickets.csv"), "--mapping", str(examples / "tickets.yml"))
    mia, jose, noor, ada, tom, ines, _ = (
        Person(desk.data_api, *who) for who in (MIA, JOSE, NOOR, ADA, TOM, INES, YUKI)
    )
    _keep_lists(ines)
    _work_on_the_lift(mia, ada)
    _edit_texts(jose, ada, desk.data_api)
    _hide(mia, ada, tom)
    _confirm(jose, mia, noor, ada)
    _close_and_reopen(noor, ada)
    _correct_categories(mia, jose, ada)
    _write_oddly(noor, ada)
    ines.ask("DELETE", f"/tickets/{mia.report('A report that is deleted.')}")
    wait_until(lambda: len(_models(ines)) > 1, "a model that knows the new category", LEARNED_SECONDS)
    ines.ask("POST", "/categories/parking/merge", json={"into": "facility-management"})


def _models(admin: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = admin.ask("GET", "/categorising/models")["items"]
    return found


def _keep_lists(ines: Person) -> None:
    for building in ("Main Hall", "Botanical Garden"):
        ines.ask("POST", "/buildings", json={"name": building})
    ines.ask("POST", "/categories", json={"name": "Lost and found", "description": "Things.", "phrases": LOST})
    ines.ask("POST", "/categories", json={"name": "Parking", "phrases": PARKING})


def _work_on_the_lift(mia: Person, ada: Person) -> None:
    """An answer, an answer to it, a note among staff, a stage that waits."""
    lift = mia.report("The lift is stuck on the second floor.", building="main-hall", room="2.14", priority="high")
    ada.edit(lift, assignee=ada.id, tags=["lift", "Größe"], stage="pending")
    asked = ada.say(lift, "Is anybody in it?")
    mia.say(lift, "Nobody.", reply_to=asked)
    ada.say(lift, "The maintenance contract has run out.", is_internal=True)
    mia.ask("PUT", f"/tickets/{lift}/read", json={})
    ada.ask("PUT", f"/tickets/{lift}/follow")


def _edit_texts(jose: Person, ada: Person, data_api: str) -> None:
    """Titles and descriptions that were something else before; one of them removed for good, where that can be done."""
    known = httpx.get(f"{data_api}/openapi.json", trust_env=False, timeout=60).json()["paths"]
    text = unicodedata.normalize("NFD", "L'éclairage de la bibliothèque ne s'éteint plus.")
    lamp = jose.report(text, title="Éclairage", building="botanical-garden")
    jose.edit(lamp, title="L'éclairage", description=f"{text} Depuis lundi.")
    ada.edit(lamp, title="Light in the library", description="It does not go out.")
    if BLANK in known:
        (first, *_) = [event for event in ada.walk(f"/tickets/{lamp}/history") if event["kind"] == "description"]
        ada.ask("POST", f"/tickets/{lamp}/history/{first['id']}/blank")
    ada.move(lamp, "active")
    ada.move(lamp, "closed")


def _hide(mia: Person, ada: Person, tom: Person) -> None:
    """One that only its requester and its assignee may read."""
    secret = mia.report("Somebody in the laboratory shouts at me.")
    ada.edit(secret, is_confidential=True, assignee=tom.id)
    tom.say(secret, "Thank you for telling us. I call you today.")
    tom.say(secret, "The head of the laboratory has been warned before.", is_internal=True)


def _confirm(jose: Person, mia: Person, noor: Person, ada: Person) -> None:
    """A problem that three people have; two of them read nothing of the report."""
    wifi = jose.report(WIFI, building="main-hall")
    for person in (mia, noor):
        like = person.ask("POST", "/tickets/suggestions", json={"description": WIFI, "building": "main-hall"})
        person.ask("POST", "/tickets/me-too", json={"ref": like["similar"][0]["ref"]})
    ada.move(wifi, "active")


def _close_and_reopen(noor: Person, ada: Person) -> None:
    heating = noor.report("The heating is cold.", category="facility-management")
    for status in ("active", "closed", "active"):
        ada.move(heating, status)
    noor.move(heating, "closed", reason="no-longer-needed")


def _correct_categories(mia: Person, jose: Person, ada: Person) -> None:
    """By staff; by the requester, whose choice staff leave; for somebody else; and in a category that is merged."""
    ada.edit(mia.report("The screen of the printer is black."), category="services-complaints")
    chosen = jose.report("My umbrella is gone.", category="lost-and-found")
    for status in ("active", "closed"):
        ada.move(chosen, status)
    ada.report("Somebody called: the projector hums.", requester=mia.id, priority="urgent")
    mia.report("No space for my car.", category="parking")


def _write_oddly(noor: Person, ada: Person) -> None:
    """What looks like markup, like a formula, what runs from right to left, and what is long."""
    odd = noor.report(
        "<script>alert(1)</script> **bold** =1+1\n\n\tمصعد معطل \U0001f6d7", title="المصعد معطل", room="=1+1"
    )
    ada.say(odd, "$x$ [link](http://example.com) " + "0123456789 " * 200)
    noor.ask("POST", "/tickets", json={"description": "Sent once."}, headers={"Idempotency-Key": "sent-once"})
