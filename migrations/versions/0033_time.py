"""Time that staff work on tickets: timers, entries, and what was changed about these."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

from migrations.feed import write_changes_of

revision = "0033"
down_revision = "0032"

OF_PERSON, OF_TICKET = ["person.id"], ["ticket.id"]
IS_DELETION = (
    "is_deletion = (to_seconds IS NULL) AND is_deletion = (to_day IS NULL) "
    "AND NOT (is_deletion AND to_note IS NOT NULL)"
)


def _key() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False)


def _now(name: str) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "timer",
        _key(),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("is_running", sa.Boolean(), nullable=False),
        sa.Column("last_started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worked", sa.Interval(), nullable=False),
        sa.CheckConstraint("worked >= interval '0'", name=op.f("ck_timer_worked")),
        sa.ForeignKeyConstraint(["person_id"], OF_PERSON, name=op.f("fk_timer_person_id")),
        sa.ForeignKeyConstraint(["ticket_id"], OF_TICKET, name=op.f("fk_timer_ticket_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
        sa.UniqueConstraint("person_id", "ticket_id", name=op.f("uq_timer_person_id_ticket_id")),
    )
    op.create_index("uq_timer_running", "timer", ["person_id"], unique=True, postgresql_where=sa.text("is_running"))
    op.create_index(op.f("ix_timer_ticket_id"), "timer", ["ticket_id"])
    op.create_table(
        "time_entry",
        _key(),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(500), nullable=True),
        sa.Column("is_timed", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        _now("created_at"),
        sa.CheckConstraint("seconds > 0", name=op.f("ck_time_entry_seconds")),
        sa.ForeignKeyConstraint(["ticket_id"], OF_TICKET, name=op.f("fk_time_entry_ticket_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], OF_PERSON, name=op.f("fk_time_entry_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_entry")),
    )
    op.create_index("ix_time_entry_ticket", "time_entry", ["ticket_id", "day", "id"])
    op.create_index("ix_time_entry_person", "time_entry", ["person_id", "day", "id"])
    op.create_table(
        "time_entry_change",
        _key(),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        _now("changed_at"),
        sa.Column("is_deletion", sa.Boolean(), nullable=False),
        sa.Column("from_seconds", sa.Integer(), nullable=False),
        sa.Column("to_seconds", sa.Integer(), nullable=True),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.Column("from_note", sa.String(500), nullable=True),
        sa.Column("to_note", sa.String(500), nullable=True),
        sa.CheckConstraint(IS_DELETION, name=op.f("ck_time_entry_change_deletion")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], OF_TICKET, name=op.f("fk_time_entry_change_ticket_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], OF_PERSON, name=op.f("fk_time_entry_change_person_id")),
        sa.ForeignKeyConstraint(["actor_id"], OF_PERSON, name=op.f("fk_time_entry_change_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_entry_change")),
    )
    op.create_index("ix_time_entry_change_ticket", "time_entry_change", ["ticket_id", "id"])
    write_changes_of("timer", ("ticket_id", "person_id", "is_running"))
    write_changes_of("time_entry", ("ticket_id", "person_id", "day", "seconds"))
    write_changes_of("time_entry_change", ())
    # As managers have it on a new desk; only where their role may still do what it needs.
    op.execute(
        "UPDATE role SET permissions = permissions || ARRAY['time:manage']::varchar[] WHERE slug = 'manager' "
        "AND 'tickets:work' = ANY (permissions) AND NOT 'time:manage' = ANY (permissions)"
    )


def downgrade() -> None:
    op.execute("UPDATE role SET permissions = array_remove(permissions, 'time:manage')")
    op.drop_table("time_entry_change")
    op.drop_table("time_entry")
    op.drop_table("timer")
