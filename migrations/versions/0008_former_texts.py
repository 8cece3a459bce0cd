"""Former titles and descriptions are kept and can be blanked; a retry is answered with what was made; who could read a
ticket hears that it is gone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0008"
down_revision = "0007"

# Whoever could read what is deleted, or followed it, can be told only while the rows are still there. It is sent to the
# services that listen and stored nowhere: the change feed would keep for good who was named on a confidential ticket.
# A notification carries 8,000 bytes; the followers of a ticket that has more of them look again by themselves.
READERS = """
CREATE FUNCTION tell_readers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told jsonb := jsonb_build_object('ticket_id', OLD.id, 'status', OLD.status, 'requester_id', OLD.requester_id,
        'assignee_id', OLD.assignee_id, 'is_confidential', OLD.is_confidential);
    followers jsonb := (SELECT coalesce(jsonb_agg(person_id), '[]') FROM ticket_watcher WHERE ticket_id = OLD.id);
BEGIN
    IF octet_length(followers::text) > 7000 THEN
        followers := '[]';
    END IF;
    PERFORM pg_notify('lodge_gone', (told || jsonb_build_object('follower_ids', followers))::text);
    RETURN OLD;
END $$;
CREATE TRIGGER tell_readers BEFORE DELETE ON ticket FOR EACH ROW EXECUTE FUNCTION tell_readers();

CREATE FUNCTION tell_follower() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM ticket WHERE id = OLD.ticket_id) THEN
        PERFORM pg_notify(
            'lodge_gone', jsonb_build_object('ticket_id', OLD.ticket_id, 'person_id', OLD.person_id)::text);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tell_follower AFTER DELETE ON ticket_watcher FOR EACH ROW EXECUTE FUNCTION tell_follower();
"""


def upgrade() -> None:
    op.add_column("ticket_event", sa.Column("blanked_by_id", sa.BigInteger()))
    op.add_column("ticket_event", sa.Column("blanked_at", sa.DateTime(timezone=True)))
    op.create_foreign_key(op.f("fk_ticket_event_blanked_by_id"), "ticket_event", "person", ["blanked_by_id"], ["id"])
    op.create_check_constraint(
        op.f("ck_ticket_event_blanked"), "ticket_event", "blanked_at IS NULL OR from_value IS NULL"
    )
    op.add_column("idempotency_key", sa.Column("made", pg.JSONB()))
    # What is a day old at most: a retry over the upgrade is not done twice.
    op.execute(
        "UPDATE idempotency_key SET made = coalesce(answer -> 'id', answer -> 'slug', answer -> 'version') "
        "FROM (SELECT person_id, key, convert_from(body, 'UTF8')::jsonb AS answer FROM idempotency_key "
        "WHERE length(body) > 0) AS kept "
        "WHERE (kept.person_id, kept.key) = (idempotency_key.person_id, idempotency_key.key)"
    )
    op.drop_column("idempotency_key", "status")
    op.drop_column("idempotency_key", "body")
    op.execute(READERS)


def downgrade() -> None:
    op.execute("DROP TRIGGER tell_follower ON ticket_watcher; DROP FUNCTION tell_follower()")
    op.execute("DROP TRIGGER tell_readers ON ticket; DROP FUNCTION tell_readers()")
    op.add_column("idempotency_key", sa.Column("body", sa.LargeBinary()))
    op.add_column("idempotency_key", sa.Column("status", sa.SmallInteger()))
    op.drop_column("idempotency_key", "made")
    op.execute("UPDATE ticket_event SET from_value = NULL WHERE kind IN ('title', 'description')")
    op.drop_column("ticket_event", "blanked_at")
    op.drop_column("ticket_event", "blanked_by_id")
