"""Former titles and descriptions are kept and can be blanked. A retry is answered with what the first request created.
Who could read a deleted ticket is noted for some minutes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0008"
down_revision = "0007"

# People who could read or followed a deleted ticket can be told only if they are noted while its rows still exist. They
# are not noted in the change feed, which would keep for good who was named on a confidential ticket, and not in a
# notification, because every role of the database may listen to those.
NOTE_DELETIONS = """
CREATE FUNCTION note_deleted_ticket() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO deletion_notice
        (table_name, row_id, ticket_id, status, requester_id, assignee_id, is_confidential, follower_ids)
    VALUES ('ticket', OLD.id, OLD.id, OLD.status, OLD.requester_id, OLD.assignee_id, OLD.is_confidential,
        ARRAY(SELECT person_id FROM ticket_watcher WHERE ticket_id = OLD.id));
    RETURN OLD;
END $$;
CREATE TRIGGER note_deleted_ticket BEFORE DELETE ON ticket FOR EACH ROW EXECUTE FUNCTION note_deleted_ticket();

CREATE FUNCTION note_deleted_follower() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM ticket WHERE id = OLD.ticket_id) THEN
        INSERT INTO deletion_notice (table_name, row_id, ticket_id, follower_ids)
        VALUES ('ticket_watcher', OLD.id, OLD.ticket_id, ARRAY[OLD.person_id]);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER note_deleted_follower AFTER DELETE ON ticket_watcher
FOR EACH ROW EXECUTE FUNCTION note_deleted_follower();
"""


def upgrade() -> None:
    op.add_column("ticket_event", sa.Column("blanked_by_id", sa.BigInteger()))
    op.add_column("ticket_event", sa.Column("blanked_at", sa.DateTime(timezone=True)))
    op.create_foreign_key(op.f("fk_ticket_event_blanked_by_id"), "ticket_event", "person", ["blanked_by_id"], ["id"])
    op.create_check_constraint(
        op.f("ck_ticket_event_blanked"), "ticket_event", "blanked_at IS NULL OR from_value IS NULL"
    )
    op.add_column("idempotency_key", sa.Column("made", pg.JSONB()))
    # The keys, which are at most a day old, are converted so that a retry across the upgrade is not done twice. Where
    # the stored answer named nothing that was created, such as the answer to a confirmation ("me too"), the key is
    # deleted: a retry may be done again, whereas with its key it would be refused.
    op.execute(
        "UPDATE idempotency_key SET made = coalesce(answer -> 'id', answer -> 'slug', answer -> 'version') "
        "FROM (SELECT person_id, key, convert_from(body, 'UTF8')::jsonb AS answer FROM idempotency_key "
        "WHERE length(body) > 0) AS kept "
        "WHERE (kept.person_id, kept.key) = (idempotency_key.person_id, idempotency_key.key)"
    )
    op.execute("DELETE FROM idempotency_key WHERE made IS NULL")
    op.drop_column("idempotency_key", "status")
    op.drop_column("idempotency_key", "body")
    op.create_table(
        "deletion_notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("table_name", sa.String(63), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(10)),
        sa.Column("requester_id", sa.BigInteger()),
        sa.Column("assignee_id", sa.BigInteger()),
        sa.Column("is_confidential", sa.Boolean()),
        sa.Column("follower_ids", pg.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deletion_notice")),
        prefixes=["UNLOGGED"],
    )
    op.execute(NOTE_DELETIONS)


def downgrade() -> None:
    op.execute("DROP TRIGGER note_deleted_follower ON ticket_watcher; DROP FUNCTION note_deleted_follower()")
    op.execute("DROP TRIGGER note_deleted_ticket ON ticket; DROP FUNCTION note_deleted_ticket()")
    op.drop_table("deletion_notice")
    op.add_column("idempotency_key", sa.Column("body", sa.LargeBinary()))
    op.add_column("idempotency_key", sa.Column("status", sa.SmallInteger()))
    op.drop_column("idempotency_key", "made")
    op.execute("UPDATE ticket_event SET from_value = NULL WHERE kind IN ('title', 'description')")
    op.drop_column("ticket_event", "blanked_at")
    op.drop_column("ticket_event", "blanked_by_id")
