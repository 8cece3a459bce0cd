"""What the desk has learned, as tests teach it and ask for it."""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from data_api.categorising.teaching import teach
from tests.support.api import Visitor, done

ODD = "The grey thing beside the blue thing makes a sound"
PHRASES = [f"My {what} was stolen" for what in ("bike", "laptop", "wallet", "phone", "bag", "key", "coat", "watch")]
PHRASES += ["Somebody follows me at night", "A stranger threatens people in the hall"]


def learn(engine: Engine) -> None:
    """What the background work does every few seconds."""
    with Session(engine) as session, session.begin():
        teach(session)


def examples(admin: Visitor, slug: str, **query: Any) -> list[dict[str, Any]]:
    return admin.walk(f"/categories/{slug}/examples", **query)


def models(admin: Visitor) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = done(admin.get("/categorising/models"))["items"]
    return found


def category(admin: Visitor, slug: str) -> dict[str, Any]:
    found = {one["slug"]: one for one in done(admin.get("/categories"))["items"]}
    read: dict[str, Any] = found[slug]
    return read


def correct(agent: Visitor, student: Visitor, text: str, *slugs: str) -> int:
    ticket_id: int = student.report(text)["id"]
    for slug in slugs:
        agent.edit(ticket_id, category=slug)
    return ticket_id
