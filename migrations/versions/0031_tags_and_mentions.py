"""How many tickets each tag has, and the people whom messages mention."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0029"

# A session keeps the plan of `count_tags` from its first call. If there were few tickets then, as when a desk is seeded
# or imported, it would read all of them, and later a million for each statement. So it only looks them up by id.
# A ticket's tags are deleted while its row is still there, because the row says whether they were confidential.
TRIGGERS = """
CREATE FUNCTION count_tags() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO tag_use (tag, is_confidential, tickets)
        SELECT tag, ticket.is_confidential, count(*) FROM new_rows JOIN ticket ON ticket.id = ticket_id GROUP BY 1, 2;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO tag_use (tag, is_confidential, tickets)
        SELECT tag, ticket.is_confidential, -count(*) FROM old_rows JOIN ticket ON ticket.id = ticket_id GROUP BY 1, 2;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_insert AFTER INSERT ON ticket_tag REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION count_tags();
CREATE TRIGGER count_update AFTER UPDATE ON ticket_tag REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION count_tags();
CREATE TRIGGER count_delete AFTER DELETE ON ticket_tag REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION count_tags();

CREATE FUNCTION count_tags_of_confidential() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tag_use (tag, is_confidential, tickets)
    SELECT tag, counted.is_confidential, counted.tickets
    FROM ticket_tag CROSS JOIN (VALUES (OLD.is_confidential, -1), (NEW.is_confidential, 1))
        AS counted (is_confidential, tickets)
    WHERE ticket_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER count_tags_of_confidential AFTER UPDATE OF is_confidential ON ticket
FOR EACH ROW WHEN (OLD.is_confidential <> NEW.is_confidential) EXECUTE FUNCTION count_tags_of_confidential();

CREATE FUNCTION delete_tags_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM ticket_tag WHERE ticket_id = OLD.id) THEN
        DELETE FROM ticket_tag WHERE ticket_id = OLD.id;
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER delete_tags_first BEFORE DELETE ON ticket FOR EACH ROW EXECUTE FUNCTION delete_tags_first();
"""
UNSEEN = sa.text("seen_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "tag_use",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("tag", sa.String(40), nullable=False),
        sa.Column("is_confidential", sa.Boolean(), nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag_use")),
    )
    op.create_index("ix_tag_use_tag", "tag_use", ["tag"], postgresql_ops={"tag": "text_pattern_ops"})
    # Before the count: creating them keeps others from changing tags until it is stored.
    op.execute(TRIGGERS)
    op.execute(
        "INSERT INTO tag_use (tag, is_confidential, tickets) SELECT tag, ticket.is_confidential, count(*) "
        "FROM ticket_tag JOIN ticket ON ticket.id = ticket_id GROUP BY 1, 2"
    )
    op.create_table(
        "message_mention",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_mention_message_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_message_mention_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_mention")),
        sa.UniqueConstraint("message_id", "person_id", name=op.f("uq_message_mention_message_id_person_id")),
    )
    op.create_index("ix_message_mention_person", "message_mention", ["person_id", "id"])
    op.create_index("ix_message_mention_unseen", "message_mention", ["person_id", "id"], postgresql_where=UNSEEN)


def downgrade() -> None:
    op.drop_table("message_mention")
    op.execute(
        "DROP TRIGGER delete_tags_first ON ticket; DROP FUNCTION delete_tags_first(); "
        "DROP TRIGGER count_tags_of_confidential ON ticket; DROP FUNCTION count_tags_of_confidential(); "
        "DROP TRIGGER count_insert ON ticket_tag; DROP TRIGGER count_update ON ticket_tag; "
        "DROP TRIGGER count_delete ON ticket_tag; DROP FUNCTION count_tags()"
    )
    op.drop_table("tag_use")
