"""Rows to follow. Many at once come as statements do, which is what a follower has to understand."""

from tests.support import rows
from tests.warehouse.following import Following

# One open, one active, one closed, and so on; every fifth confidential; an hour apart.
TICKETS = """
INSERT INTO ticket (title, description, status, stage_id, category_id, priority, room, requester_id, assignee_id,
                    is_confidential, waits_for, opened_at, modified_at, closed_at)
SELECT 'Title ' || n, 'Words ' || n, (ARRAY['open', 'active', 'closed'])[n %% 3 + 1], (ARRAY[1, 2, 5])[n %% 3 + 1],
       1 + n %% 2, n %% 4, 'R' || n, 1, 2, n %% 5 = 0, CASE WHEN n %% 3 < 2 THEN 'desk' END,
       at, at, CASE WHEN n %% 3 = 2 THEN at + make_interval(mins => n) END
FROM generate_series(1, %s) AS n
CROSS JOIN LATERAL (SELECT timestamptz '2026-03-27 08:00Z' + make_interval(hours => n) AS at) AS opening
"""
MESSAGES = """
INSERT INTO message (ticket_id, author_id, author_role, body, is_internal)
SELECT id, 2, 'agent', 'Words under ' || id, id %% 2 = 0 FROM ticket WHERE id %% %s = 0
"""
EVENTS = """
INSERT INTO ticket_event (ticket_id, kind, from_value, to_value, actor_id, occurred_at)
SELECT id, kind, 'open', 'active', 2, opened_at FROM ticket, unnest(ARRAY['status', 'assignee']) AS kind
"""
WATCHERS = "INSERT INTO ticket_watcher (ticket_id, person_id) SELECT id, 3 FROM ticket WHERE id % 4 = 0"

TAGS = """
INSERT INTO ticket_tag (ticket_id, tag, opened_at)
SELECT id, tag, opened_at FROM ticket, unnest(ARRAY['wifi', 'loud']) AS tag WHERE id % 4 = 1
"""
# With what a link says of its tickets.
# Both of a link belong to the same writer of test_at_random.py, where deleting one of them deletes the link.
LINKS = """
INSERT INTO ticket_link (ticket_id, other_id, kind, ticket_is_confidential, other_is_confidential)
SELECT one.id, other.id, (ARRAY['blocks', 'duplicates', 'relates-to'])[one.id % 3 + 1], one.is_confidential,
       other.is_confidential
FROM ticket one JOIN ticket other ON other.id = one.id + 4
"""
# Every fourth is a draft.
ATTACHMENTS = """
INSERT INTO attachment (ticket_id, uploader_id, name, type, size, content_hash)
SELECT CASE WHEN id % 8 > 0 THEN id END, 1, 'A name', 'image/png', 100 * id, decode(lpad(id::text, 64, '0'), 'hex')
FROM ticket WHERE id % 2 = 0
"""
TIME = """
INSERT INTO time_entry (ticket_id, person_id, day, seconds, note, is_timed)
SELECT id, 2, CASE WHEN id % 2 = 0 THEN current_date ELSE date '2026-03-27' + id::integer % 7 END, 60 * id, 'A note',
       id % 2 = 0
FROM ticket WHERE id % 3 = 0
"""
REPLIES = """
INSERT INTO canned_reply (title, text, team_id, language) SELECT 'Title ' || n, 'Words ' || n, NULL, 'en'
FROM generate_series(1, 3) AS n
"""
REPLY_USES = """
INSERT INTO canned_reply_use (canned_reply_id, uses, used_at)
SELECT id, id, timestamptz '2026-03-28 09:00Z' + n * interval '1 day' FROM canned_reply, generate_series(1, 3) AS n
"""
PREDICTIONS = """
INSERT INTO ticket_prediction (ticket_id, category_id, model_version, confidence, sureness, probabilities, like_tickets,
                               like_examples, predicted_at)
SELECT id, 1 + id % 3, 1, 0.5 + id / 200.0, 'likely', '{}', 0, 0, opened_at FROM ticket WHERE id % 3 > 0
"""


def fill(desk: Following, tickets: int = 60) -> None:
    """Three people, tickets of all kinds, and something in every other table."""
    for name in ("Library", "Canteen"):
        rows.building(desk, name)
    rows.person(desk, "Mia Rossi")
    rows.person(desk, "Ada Okafor", "agent", "admin", team_id=rows.team(desk, "IT support"))
    rows.person(desk, "Noor Haddad", "analyst")
    desk.sql(TICKETS, tickets)
    desk.sql("UPDATE ticket SET building_id = 1 WHERE id % 2 = 0")
    desk.sql("UPDATE ticket SET team_id = 1 WHERE id % 3 < 2")
    desk.sql(MESSAGES, 3)
    desk.sql(EVENTS)
    desk.sql(WATCHERS)
    desk.sql(TAGS)
    desk.sql(LINKS)
    desk.sql(ATTACHMENTS)
    desk.sql(TIME)
    desk.sql(REPLIES)
    desk.sql(REPLY_USES)
    desk.sql(PREDICTIONS)
