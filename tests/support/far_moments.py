"""What no service and no import writes, and a database may hold all the same: moments that cannot be computed with,
and moments that have not come yet."""

from tests.support.api import Api

TOO_LATE = ("infinity", "294276-12-31 23:59:59Z", "10000-01-01 00:00Z", "9999-12-31 23:59:59.999999Z", "2200-01-01Z")
TO_COME = ("2062-05-04 10:00Z", "tomorrow")
TOO_EARLY = ("1969-12-31 12:00Z", "0001-01-01 00:00Z", "0044-03-15 00:00Z BC", "4713-01-01 00:00Z BC", "-infinity")
FAR = (*TOO_LATE, *TO_COME, *TOO_EARLY)
# For each of them a ticket opened then, in the stages of the board; one closed then; and one all of whose talk and
# history is of then.
TICKETS = """
INSERT INTO ticket (title, description, status, stage_id, category_id, priority, building_id, requester_id,
                    assignee_id, waits_for, opened_at, modified_at, closed_at, first_response_at, last_message_at,
                    last_message_author_id)
SELECT kind || ' ' || far, 'Heating cold', stage.status, stage.id, 1 + n %% 3, n %% 4, 1 + n %% 3, %(requester)s,
       %(assignee)s, CASE WHEN stage.status <> 'closed' THEN 'desk' END,
       CASE kind WHEN 'opened' THEN far::timestamptz ELSE '2026-02-03 12:00Z' END, far::timestamptz,
       CASE WHEN stage.status = 'closed' THEN far::timestamptz END, far::timestamptz, far::timestamptz,
       %(assignee)s
FROM unnest(%(far)s::text[]) WITH ORDINALITY AS of (far, n)
CROSS JOIN (VALUES ('opened', 1), ('closed', 5), ('said', 2)) AS what (kind, shift)
JOIN stage ON stage.position = CASE WHEN shift = 1 THEN 1 + n %% 2 ELSE shift END
"""
EVENTS = """
INSERT INTO ticket_event (ticket_id, kind, from_value, to_value, occurred_at)
SELECT ticket.id, 'status', 'open', 'active', far::timestamptz
FROM ticket, unnest(%s::text[]) AS far WHERE title LIKE 'said %%'
"""
MESSAGES = """
INSERT INTO message (ticket_id, author_id, author_role, body, created_at)
SELECT ticket.id, %s, 'agent', 'Words', far::timestamptz
FROM ticket, unnest(%s::text[]) AS far WHERE title LIKE 'said %%'
"""


def add_far_moments(api: Api, requester: int, assignee: int) -> dict[str, int]:
    """The tickets by their titles, such as "opened infinity"."""
    api.sql(TICKETS, far=list(FAR), requester=requester, assignee=assignee)
    api.sql(EVENTS, list(FAR))
    api.sql(MESSAGES, assignee, list(FAR))
    api.sql("INSERT INTO ticket_tag (ticket_id, tag, opened_at) SELECT id, 'far', opened_at FROM ticket")
    return dict(api.sql("SELECT title, id FROM ticket WHERE title ~ '^(opened|closed|said) '"))
