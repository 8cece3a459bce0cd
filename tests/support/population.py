"""Makes tickets that differ in all fields by which a list can be filtered and sorted."""

from datetime import UTC, datetime, timedelta

from tests.support import rows
from tests.support.api import Api

FIRST_OPENED = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
PROBLEMS = ("Heating cold", "WiFi drops", "Lift stuck", "Canteen queue", "Printer jam")


def populate(api: Api, number: int) -> None:
    """Adds tickets of the existing students, assigned to the existing agents, in the queues of the existing teams
    and in none, in three buildings and in none. Some share their moments. The first agent watches every fourth ticket.
    """
    places = [None, *(rows.building(api, name) for name in ("Main Library", "Canteen", "Sports Hall"))]
    teams = [None, *(number for (number,) in api.sql("SELECT id FROM team ORDER BY id"))]
    stages = api.sql("SELECT id, status FROM stage ORDER BY position")
    categories, students, agents = (
        [number for (number,) in found]
        for found in (
            api.sql("SELECT id FROM category ORDER BY id"),
            api.sql("SELECT id FROM person WHERE 'student' = ANY (roles) ORDER BY id"),
            api.sql("SELECT id FROM person WHERE 'agent' = ANY (roles) ORDER BY id"),
        )
    )

    def nth(n: int) -> rows.Row:
        """Returns ticket n. The fields' periods are mostly coprime, so that all combinations of values occur."""
        stage, status = stages[n % 5]
        is_closed = status == "closed"
        return {
            "title": f"Ticket {n}",
            "description": PROBLEMS[n % 5],
            "status": status,
            "stage_id": stage,
            "category_id": categories[n % 3],
            "priority": n % 4,
            "building_id": places[n % 4],
            "room": f"R{n % 7}",
            "requester_id": students[n % len(students)],
            "assignee_id": agents[n % len(agents)] if n % 3 else None,
            "team_id": teams[n // 5 % len(teams)],
            "is_confidential": n % 11 == 0,
            "waits_for": None if is_closed else ("desk", "requester")[n % 2],
            "opened_at": FIRST_OPENED + timedelta(hours=n // 2),
            "modified_at": FIRST_OPENED + timedelta(hours=3000 - n // 3),
            "closed_at": FIRST_OPENED + timedelta(hours=n // 10 + 5) if is_closed else None,
            "last_message_at": FIRST_OPENED + timedelta(hours=2000 - n % 9) if n % 3 else None,
            "last_message_author_id": students[0] if n % 3 else None,
            "reports": 1 + n % 4 // 3 * (n % 5),
        }

    for ticket in rows.tickets(api, map(nth, range(1, number + 1))):
        for word, step in (("water", 2), ("lift", 3)):
            if ticket % step == 0:
                rows.tag(api, ticket, word)
        if ticket % 4 == 0:
            rows.watcher(api, ticket, agents[0])


def opened(hours: float) -> str:
    """Returns the moment so many hours after the first ticket was opened, in the format of a query."""
    return (FIRST_OPENED + timedelta(hours=hours)).isoformat()
