"""Writes moments that no service and no import writes but that a database may contain: moments that Python cannot
compute with, and moments in the future."""

from tests.support import rows
from tests.support.api import Api

TOO_LATE = ("infinity", "294276-12-31 23:59:59Z", "10000-01-01 00:00Z", "9999-12-31 23:59:59.999999Z", "2200-01-01Z")
TO_COME = ("2062-05-04 10:00Z", "tomorrow")
TOO_EARLY = ("1969-12-31 12:00Z", "0001-01-01 00:00Z", "0044-03-15 00:00Z BC", "4713-01-01 00:00Z BC", "-infinity")
FAR = (*TOO_LATE, *TO_COME, *TOO_EARLY)


def add_far_moments(api: Api, requester: int, assignee: int) -> dict[str, int]:
    """Adds three tickets for each of these moments: one opened then, one closed then, and one with messages and events
    at all of the moments. Returns the tickets' ids by title, such as "opened infinity"."""

    def ticket(kind: str, status: str, far: str, n: int) -> rows.Row:
        return {
            "title": f"{kind} {far}",
            "description": "Heating cold",
            "status": status,
            "category_id": 1 + n % 3,
            "priority": n % 4,
            "building_id": 1 + n % 3,
            "requester_id": requester,
            "assignee_id": assignee,
            "opened_at": far if kind == "opened" else "2026-02-03 12:00Z",
            "modified_at": far,
            "closed_at": far if status == "closed" else None,
            "first_response_at": far,
            "last_message_at": far,
            "last_message_author_id": assignee,
        }

    made = [
        ticket(kind, status, far, n)
        for n, far in enumerate(FAR, 1)
        for kind, status in (("opened", ("open", "active")[n % 2]), ("closed", "closed"), ("said", "active"))
    ]
    numbers = dict(zip((one["title"] for one in made), rows.tickets(api, made), strict=True))
    for title, number in numbers.items():
        for far in FAR if title.startswith("said") else ():
            rows.event(api, number, "status", from_value="open", to_value="active", occurred_at=far)
            rows.message(api, number, assignee, created_at=far)
    api.sql("INSERT INTO ticket_tag (ticket_id, tag, opened_at) SELECT id, 'far', opened_at FROM ticket")
    return numbers
