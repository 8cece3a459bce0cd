"""The helpdesk's tables: people, tickets, messages, and the history of tickets."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from data_api.models.change import Xid8

revision = "0001"
down_revision = None

SEARCHED_WORDS = (
    "to_tsvector('simple', replace(replace(replace(replace(replace(replace(title || ' ' || description, "
    "'/', ' '), '.', ' '), '@', ' '), '<', ' '), '-', ' '), '+', ' '))"
)


def upgrade() -> None:
    op.create_table(
        "building",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_building")),
        sa.UniqueConstraint("slug", name=op.f("uq_building_slug")),
    )
    op.create_table(
        "category",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.String(length=500), server_default="", nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("slug", name=op.f("uq_category_slug")),
    )
    op.create_index(
        "uq_category_is_default", "category", ["is_default"], unique=True, postgresql_where=sa.text("is_default")
    )
    op.create_table(
        "change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column(
            "happened_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("table_name", sa.String(length=63), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("op", sa.String(length=6), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
    )
    op.create_index("ix_change_xid", "change", ["xid", "id"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("entry_key", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "roles <@ ARRAY['student', 'agent', 'manager', 'admin', 'analyst']::varchar[] AND cardinality(roles) > 0",
            name=op.f("ck_person_roles"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("entry_key", name=op.f("uq_person_entry_key")),
    )
    op.create_index("ix_person_name", "person", ["name", "id"], unique=False)
    op.create_index(
        "ix_person_search",
        "person",
        [sa.literal_column("to_tsvector('simple', name)")],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index("ix_person_roles", "person", ["roles"], unique=False, postgresql_using="gin")
    op.create_table(
        "stage",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'active', 'closed')", name=op.f("ck_stage_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage")),
        sa.UniqueConstraint("slug", name=op.f("uq_stage_slug")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_idempotency_key_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_index(op.f("ix_idempotency_key_created_at"), "idempotency_key", ["created_at"], unique=False)
    op.create_table(
        "session_token",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_session_token_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_session_token_token_hash")),
    )
    op.create_index(op.f("ix_session_token_person_id"), "session_token", ["person_id"], unique=False)
    op.create_table(
        "ticket",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("stage_id", sa.BigInteger(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=True),
        sa.Column("room", sa.String(length=60), nullable=True),
        sa.Column("requester_id", sa.BigInteger(), nullable=False),
        sa.Column("assignee_id", sa.BigInteger(), nullable=True),
        sa.Column("is_confidential", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("waits_for", sa.String(length=10), nullable=True),
        sa.Column("closed_reason", sa.String(length=20), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_response_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_message_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_message_author_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("source", sa.String(length=60), nullable=True),
        sa.Column("source_id", sa.String(length=200), nullable=True),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(SEARCHED_WORDS, persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_ticket_closed_at")),
        sa.CheckConstraint("status IN ('open', 'active', 'closed')", name=op.f("ck_ticket_status")),
        sa.CheckConstraint("waits_for IN ('desk', 'requester')", name=op.f("ck_ticket_waits_for")),
        sa.CheckConstraint("priority BETWEEN 0 AND 3", name=op.f("ck_ticket_priority")),
        sa.ForeignKeyConstraint(["assignee_id"], ["person.id"], name=op.f("fk_ticket_assignee_id")),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_ticket_building_id")),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_ticket_category_id")),
        sa.ForeignKeyConstraint(
            ["last_message_author_id"], ["person.id"], name=op.f("fk_ticket_last_message_author_id")
        ),
        sa.ForeignKeyConstraint(["requester_id"], ["person.id"], name=op.f("fk_ticket_requester_id")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_ticket_stage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("source", "source_id", name=op.f("uq_ticket_source_source_id")),
    )
    op.create_index("ix_ticket_assignee", "ticket", ["assignee_id", "opened_at", "id"], unique=False)
    op.create_index("ix_ticket_building", "ticket", ["building_id", "opened_at", "id"], unique=False)
    op.create_index("ix_ticket_category", "ticket", ["category_id", "opened_at", "id"], unique=False)
    op.create_index(
        "ix_ticket_confidential",
        "ticket",
        ["id", "requester_id", "assignee_id"],
        unique=False,
        postgresql_where=sa.text("is_confidential"),
    )
    op.create_index(
        "ix_ticket_desk",
        "ticket",
        ["status", "waits_for", "assignee_id", "id"],
        unique=False,
        postgresql_where=sa.text("status <> 'closed'"),
    )
    op.create_index(
        "ix_ticket_closed", "ticket", ["closed_at"], unique=False, postgresql_where=sa.text("closed_at IS NOT NULL")
    )
    op.create_index("ix_ticket_modified", "ticket", ["modified_at", "id"], unique=False)
    op.create_index(
        "ix_ticket_not_closed",
        "ticket",
        ["opened_at", "id"],
        unique=False,
        postgresql_where=sa.text("status <> 'closed'"),
    )
    op.create_index("ix_ticket_opened", "ticket", ["opened_at", "id"], unique=False)
    op.create_index("ix_ticket_priority", "ticket", ["priority", "opened_at", "id"], unique=False)
    op.create_index("ix_ticket_requester", "ticket", ["requester_id", "opened_at", "id"], unique=False)
    op.create_index(
        "ix_ticket_search",
        "ticket",
        ["search"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_index("ix_ticket_stage_id", "ticket", ["stage_id"], unique=False)
    op.create_index("ix_ticket_status", "ticket", ["status", "opened_at", "id"], unique=False)
    op.create_index(
        "ix_ticket_talked", "ticket", ["last_message_at"], unique=False, postgresql_where=sa.text("status <> 'closed'")
    )
    op.create_index(
        "ix_ticket_unassigned",
        "ticket",
        ["opened_at", "id"],
        unique=False,
        postgresql_where=sa.text("status <> 'closed' AND assignee_id IS NULL"),
    )
    op.create_index(
        "ix_ticket_waiting",
        "ticket",
        ["waits_for", "opened_at", "id"],
        unique=False,
        postgresql_where=sa.text("status <> 'closed'"),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("author_role", sa.String(length=10), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("is_internal", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reply_to_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_message_author_id")),
        sa.ForeignKeyConstraint(
            ["reply_to_id"], ["message.id"], name=op.f("fk_message_reply_to_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_message_ticket_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index(op.f("ix_message_reply_to_id"), "message", ["reply_to_id"], unique=False)
    op.create_index("ix_message_thread", "message", ["ticket_id", "created_at", "id"], unique=False)
    op.create_index("ix_message_latest", "message", ["created_at", "id"], unique=False)
    op.create_table(
        "ticket_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("from_value", sa.String(), nullable=True),
        sa.Column("to_value", sa.String(), nullable=True),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_ticket_event_actor_id")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_event_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_event")),
    )
    op.create_index("ix_ticket_event_history", "ticket_event", ["ticket_id", "occurred_at", "id"], unique=False)
    op.create_index("ix_ticket_event_latest", "ticket_event", ["occurred_at", "id"], unique=False)
    op.create_table(
        "ticket_read",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_ticket_read_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_read_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "ticket_id", name=op.f("pk_ticket_read")),
    )
    op.create_index(op.f("ix_ticket_read_ticket_id"), "ticket_read", ["ticket_id"], unique=False)
    op.create_table(
        "ticket_tag",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("tag", sa.String(length=40), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_tag_ticket_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_tag")),
        sa.UniqueConstraint("tag", "ticket_id", name=op.f("uq_ticket_tag_tag_ticket_id")),
    )
    op.create_index(op.f("ix_ticket_tag_ticket_id"), "ticket_tag", ["ticket_id"], unique=False)
    op.create_index("ix_ticket_tag_opened", "ticket_tag", ["tag", "opened_at", "ticket_id"], unique=False)
    op.create_table(
        "ticket_watcher",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_ticket_watcher_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_watcher_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_watcher")),
        sa.UniqueConstraint("person_id", "ticket_id", name=op.f("uq_ticket_watcher_person_id_ticket_id")),
    )
    op.create_index(op.f("ix_ticket_watcher_ticket_id"), "ticket_watcher", ["ticket_id"], unique=False)
