"""The history refers to people by their ids, so that a name is stored only once, with the person."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

EVENT = "ticket_event"
COLUMNS = ("from_person_id", "to_person_id")
# An older line holds a name. The name is replaced by the id of a person if nobody else has that name and that person
# has been an assignee: they are one now, or the change feed says so. All other lines keep the name.
KNOWN = """
CREATE TEMPORARY TABLE known_assignee ON COMMIT DROP AS
WITH told AS (
    SELECT from_value AS name FROM ticket_event WHERE kind = 'assignee'
    UNION SELECT to_value FROM ticket_event WHERE kind = 'assignee'
), alone AS (
    SELECT name, min(id) AS id FROM person WHERE name IN (SELECT name FROM told) GROUP BY name HAVING count(*) = 1
), assignee AS (
    SELECT assignee_id AS id FROM ticket
    UNION SELECT (values ->> 'assignee_id')::bigint FROM change, LATERAL (VALUES (before), (after)) AS _ (values)
    WHERE table_name = 'ticket' AND op = 'update' AND values ->> 'assignee_id' IS NOT NULL
)
SELECT name, id FROM alone WHERE id IN (SELECT id FROM assignee)
"""
IDS_FOR_NAMES = """
UPDATE ticket_event SET
    from_person_id = former.id, from_value = CASE WHEN former.id IS NULL THEN ticket_event.from_value END,
    to_person_id = present.id, to_value = CASE WHEN present.id IS NULL THEN ticket_event.to_value END
FROM ticket_event AS line
LEFT JOIN known_assignee AS former ON former.name = line.from_value
LEFT JOIN known_assignee AS present ON present.name = line.to_value
WHERE line.id = ticket_event.id AND line.kind = 'assignee' AND (former.id IS NOT NULL OR present.id IS NOT NULL)
"""
NAMES_FOR_IDS = """
UPDATE ticket_event SET
    from_value = coalesce(from_value, (SELECT name FROM person WHERE id = from_person_id)),
    to_value = coalesce(to_value, (SELECT name FROM person WHERE id = to_person_id))
WHERE from_person_id IS NOT NULL OR to_person_id IS NOT NULL
"""


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column(EVENT, sa.Column(column, sa.BigInteger()))
    op.execute(KNOWN)
    # Only the form of the lines changes, so the change feed gets no lines. The replica is copied anew after a
    # migration.
    op.execute("ALTER TABLE ticket_event DISABLE TRIGGER log_update")
    op.execute(IDS_FOR_NAMES)
    op.execute("ALTER TABLE ticket_event ENABLE TRIGGER log_update")
    for column in COLUMNS:
        op.create_foreign_key(op.f(f"fk_{EVENT}_{column}"), EVENT, "person", [column], ["id"])
    op.create_check_constraint(
        op.f(f"ck_{EVENT}_person_or_text"),
        EVENT,
        "(from_value IS NULL OR from_person_id IS NULL) AND (to_value IS NULL OR to_person_id IS NULL)",
    )


def downgrade() -> None:
    op.drop_constraint(op.f(f"ck_{EVENT}_person_or_text"), EVENT)
    op.execute("ALTER TABLE ticket_event DISABLE TRIGGER log_update")
    op.execute(NAMES_FOR_IDS)
    op.execute("ALTER TABLE ticket_event ENABLE TRIGGER log_update")
    for column in COLUMNS:
        op.drop_column(EVENT, column)
