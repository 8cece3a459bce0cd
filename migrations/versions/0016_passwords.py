"""Usernames and passwords, links to choose them, codes that hand a sign-in over to a browser, and API tokens, which are
tokens with a name and permissions of their own."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from migrations.feed import leave_out, write_changes_of

revision = "0016"
down_revision = "0015"

TOKEN_COLUMNS: dict[str, TypeEngine[Any]] = {
    "name": sa.String(100),
    "permissions": ARRAY(sa.String()),
    "browser": sa.String(60),
}


def key() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True)


def of_person(name: str = "person_id") -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey("person.id", ondelete="CASCADE"), nullable=False)


def moment(name: str, *, is_now: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now() if is_now else None)


def upgrade() -> None:
    for name, type_ in TOKEN_COLUMNS.items():
        op.add_column("session_token", sa.Column(name, type_))
    op.create_table(
        "session_use",
        sa.Column(
            "session_id", sa.BigInteger(), sa.ForeignKey("session_token.id", ondelete="CASCADE"), primary_key=True
        ),
        moment("used_at"),
    )
    op.create_table(
        "credential",
        key(),
        of_person(),
        sa.Column("username", sa.String(100), nullable=False),
        sa.Column("username_key", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        moment("changed_at", is_now=True),
        sa.UniqueConstraint("person_id"),
        sa.UniqueConstraint("username_key"),
    )
    op.create_table(
        "invitation",
        key(),
        of_person(),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), sa.ForeignKey("person.id", ondelete="SET NULL")),
        moment("created_at", is_now=True),
        moment("expires_at"),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("token_hash"),
        sa.CheckConstraint("purpose IN ('invite', 'reset')", name="purpose"),
    )
    op.create_index(op.f("ix_invitation_person_id"), "invitation", ["person_id"])
    op.create_index(op.f("ix_invitation_made_by"), "invitation", ["made_by"])
    op.create_table(
        "hand_off",
        sa.Column("code_hash", sa.LargeBinary(), primary_key=True),
        of_person(),
        sa.Column("browser", sa.String(32), nullable=False),
        moment("expires_at"),
    )
    op.create_index(op.f("ix_hand_off_person_id"), "hand_off", ["person_id"])
    write_changes_of("credential", ("changed_at",))
    write_changes_of("invitation", ("purpose", "expires_at", "used_at", "made_by"))


def downgrade() -> None:
    op.drop_table("hand_off")
    for table in ("invitation", "credential"):
        leave_out(table)
        op.drop_table(table)
    op.drop_table("session_use")
    # Without its permissions an API token would be a sign-in, with all that its person may do.
    op.execute("DELETE FROM session_token WHERE permissions IS NOT NULL")
    for name in TOKEN_COLUMNS:
        op.drop_column("session_token", name)
