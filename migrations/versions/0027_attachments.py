"""Files of tickets and messages. Their content is kept outside the database."""

import sqlalchemy as sa
from alembic import op

from migrations.feed import write_changes_of

revision = "0027"
down_revision = "0026"

IS_DRAFT = sa.text("ticket_id IS NULL")


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("uploader_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("type", sa.String(100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("thumbnail_hash", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_attachment_ticket_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_attachment_message_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["uploader_id"], ["person.id"], name=op.f("fk_attachment_uploader_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index("ix_attachment_ticket", "attachment", ["ticket_id", "message_id", "id"])
    op.create_index("ix_attachment_drafts", "attachment", ["created_at"], postgresql_where=IS_DRAFT)
    op.create_index("ix_attachment_drafts_of", "attachment", ["uploader_id"], postgresql_where=IS_DRAFT)
    for column in ("message_id", "content_hash", "thumbnail_hash"):
        op.create_index(op.f(f"ix_attachment_{column}"), "attachment", [column])
    write_changes_of("attachment", ("ticket_id", "message_id"))


def downgrade() -> None:
    op.drop_table("attachment")
