"""Lets the desk learn, and asks for what it has learned."""

from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from data_api.learning.steps import learn_all
from tests.support.api import Visitor, done

PATIENTLY = text("SELECT set_config('lock_timeout', '0', true), set_config('statement_timeout', '0', true)")
# The lock of CategorisingRepository.is_alone.
WHEN_ALONE = text("SELECT pg_advisory_xact_lock(hashtext('lodge category model'))")
ODD = "The grey thing beside the blue thing makes a sound"
PHRASES = [f"My {what} was stolen" for what in ("bike", "laptop", "wallet", "phone", "bag", "key", "coat", "watch")]
PHRASES += ["Somebody follows me at night", "A stranger threatens people in the hall"]


def learn(engine: Engine) -> None:
    """Does what the background work does every few seconds. It waits for the lock first, because only one process
    learns at a time, and `learn_all` does nothing while another one holds the lock."""
    with Session(engine) as session, session.begin():
        session.execute(PATIENTLY)
        session.execute(WHEN_ALONE)
        learn_all(session)


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
