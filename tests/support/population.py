"""A small campus of tickets that differ in everything a list can be filtered and sorted by."""

from datetime import UTC, datetime, timedelta

from tests.support.api import Api

FIRST_OPENED = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
# Coprime step lengths, so that every value meets every other.
TICKETS = """
INSERT INTO ticket (title, description, status, stage_id, category_id, priority, building_id, room, requester_id,
                    assignee_id, is_confidential, waits_for, opened_at, modified_at, closed_at)
SELECT 'Ticket ' || n, (ARRAY['Heating cold', 'WiFi drops', 'Lift stuck', 'Canteen queue', 'Printer jam'])[n %% 5 + 1],
       stage.status, stage.id, category.id, n %% 4, building.id, 'R' || n %% 7,
       requester.id, CASE WHEN n %% 3 > 0 THEN agent.id END, n %% 11 = 0,
       CASE WHEN stage.status <> 'closed' THEN (ARRAY['desk', 'requester'])[n %% 2 + 1] END,
       %(first)s + make_interval(hours => n / 2), %(first)s + make_interval(hours => 3000 - n / 3),
       CASE WHEN stage.status = 'closed' THEN %(first)s + make_interval(hours => n + 5) END
FROM generate_series(1, %(number)s) AS n
JOIN stage ON stage.position = n %% 5 + 1
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM category) AS category ON category.place = n %% 3
LEFT JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM building) AS building ON building.place = n %% 4
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS many
      FROM person WHERE 'student' = ANY (roles)) AS requester ON requester.place = n %% requester.many
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS many
      FROM person WHERE 'agent' = ANY (roles)) AS agent ON agent.place = n %% agent.many
"""
TAGS = """
INSERT INTO ticket_tag (ticket_id, tag, opened_at)
SELECT ticket.id, tag.name, opened_at
FROM ticket JOIN (VALUES ('water', 2), ('lift', 3)) AS tag (name, step) ON id %% step = 0
"""
WATCHERS = "INSERT INTO ticket_watcher (ticket_id, person_id) SELECT id, %s FROM ticket WHERE id %% 4 = 0"


def populate(api: Api, number: int) -> None:
    """Tickets of the students who entered, for the agents who entered, in three buildings and in none. Several of
    them share a moment. The first agent who entered follows every fourth."""
    for name in ("Main Library", "Canteen", "Sports Hall"):
        api.sql("INSERT INTO building (slug, name) VALUES (%s, %s)", name.lower().replace(" ", "-"), name)
    api.sql(TICKETS, first=FIRST_OPENED, number=number)
    api.sql(TAGS)
    api.sql(WATCHERS, api.sql("SELECT min(id) FROM person WHERE 'agent' = ANY (roles)")[0][0])


def opened(hours: float) -> str:
    """The moment so many hours after the first ticket's, as a query spells it."""
    return (FIRST_OPENED + timedelta(hours=hours)).isoformat()
