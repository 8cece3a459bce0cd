"""What a desk answers about what it holds, to be compared with what it answered before an upgrade."""

import unicodedata
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from tests.releases.campus import ADA, INES, JOSE, MIA, NOOR, TOM, YUKI, Person

READERS = (INES, ADA, TOM, MIA, JOSE, NOOR)
LEARNED = {"source": ["admin", "staff", "requester"]}
# They depend on who asks or on the day: what may be done with a ticket, and names that are good for an hour.
NOT_COMPARED = {"is_followed", "allowed_statuses", "editable", "allowed", "ref"}
# Those by day go as far back as they can: the kept answers are about days that have passed since.
FIGURES: dict[str, dict[str, int]] = {
    "active-by-category": {},
    "resolution-time-by-month": {"at_least": 1},
    "created-and-closed-by-day": {"days": 730},
}


def answers(data_api: str) -> dict[str, Any]:
    """Each ticket, message and line of history once, as the first reads it who may; who reads which of them; people,
    lists, and what was learned."""
    found: dict[str, Any] = {kind: {} for kind in ("tickets", "messages", "history", "reads", "confirmed", "unread")}
    for role, name in READERS:
        with closing(Person(data_api, role, name)) as person:
            who = unicodedata.normalize("NFC", name)  # as it is shown, whatever it was entered with
            found["reads"][who] = [_read(person, ticket, found) for ticket in person.walk("/tickets", sort="opened_at")]
            found["confirmed"][who] = [_compared(one) for one in person.walk("/tickets/me-too")]
            found["unread"][who] = person.ask("GET", "/me/unread")
    with closing(Person(data_api, *INES)) as ines:
        for kind in ("people", "categories", "buildings", "stages"):
            found[kind] = ines.walk(f"/{kind}")
        found["examples"] = {
            category["slug"]: ines.walk(f"/categories/{category['slug']}/examples", **LEARNED)
            for category in found["categories"]
        }
        # One more is made where there is something to learn, and may take the place of the present one.
        found["models"] = {
            str(model["version"]): {name: model[name] for name in ("created_at", "outcome", "examples", "accuracy")}
            for model in ines.ask("GET", "/categorising/models")["items"]
        }
    return found


def _read(person: Person, ticket: dict[str, Any], found: dict[str, Any]) -> list[Any]:
    """The ticket's number, whether they follow it, and the numbers of the messages and events that they read."""
    path = f"/tickets/{ticket['id']}"
    if str(ticket["id"]) not in found["tickets"]:
        found["tickets"][str(ticket["id"])] = _compared(ticket)
    numbers = []
    for kind in ("messages", "history"):
        rows = person.walk(f"{path}/{kind}")
        numbers.append([row["id"] for row in rows])
        for row in rows:
            found[kind].setdefault(str(row["id"]), _compared(row))
    return [ticket["id"], ticket["is_followed"], *numbers]


def _compared(row: dict[str, Any]) -> dict[str, Any]:
    # 0.1.0 told neither what a changed text was nor what it became; the latter can be told now.
    left_out = NOT_COMPARED if "is_told" in row or "from" not in row else {*NOT_COMPARED, *_nulls(row)}
    return {name: value for name, value in row.items() if name not in left_out}


def _nulls(row: dict[str, Any]) -> set[str]:
    return {name for name in ("from", "to") if row[name] is None}


def figures(data_api: str, analytics_api: str) -> dict[str, Any]:
    """The rows of some analyses, with all that was committed before."""
    with closing(Person(data_api, *YUKI)) as yuki:
        return {
            slug: yuki.ask(
                "GET", f"{analytics_api}/analyses/{slug}", params=parameters, headers={"Cache-Control": "no-cache"}
            )["rows"]
            for slug, parameters in FIGURES.items()
        }


def differences(before: Any, now: Any, where: str = "") -> Iterator[str]:
    """What is gone or another than before. An object may have more fields now, a list no more items."""
    if isinstance(before, dict) and isinstance(now, dict):
        for name, value in before.items():
            if name in now:
                yield from differences(value, now[name], f"{where}/{name}")
            else:
                yield f"{where}/{name} is gone"
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for place, (value, present) in enumerate(zip(before, now, strict=True)):
            yield from differences(value, present, f"{where}/{place}")
    elif before != now:
        yield f"{where} was {before!r} and is {now!r}"
