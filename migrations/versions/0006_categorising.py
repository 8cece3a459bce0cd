"""Categories predicted from a report's text (examples, models, predictions), and reports that others confirm."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0006"
down_revision = "0005"

KEY = sa.BigInteger()
MOMENT = sa.DateTime(timezone=True)
NOW = sa.text("now()")
ACTIVE = sa.text("is_active")


def upgrade() -> None:
    # Null for existing tickets: filling the column would write a line of the change feed for each of them.
    op.add_column("ticket", sa.Column("category_by", sa.String(10)))
    op.add_column("ticket", sa.Column("reports", sa.Integer(), nullable=False, server_default="1"))
    op.create_check_constraint(
        op.f("ck_ticket_category_by"),
        "ticket",
        "category_by IN ('predicted', 'requester', 'staff', 'import', 'default')",
    )
    op.create_index("ix_ticket_reports", "ticket", ["reports", "opened_at", "id"])
    _learning()
    _models()
    _tickets()
    op.execute("INSERT INTO learning (id, revision) VALUES (1, 0)")


def _learning() -> None:
    op.create_table(
        "learning",
        sa.Column("id", sa.Integer(), autoincrement=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("is_seeded", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("news", sa.Integer(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("id", name="pk_learning"),
        sa.CheckConstraint("id = 1", name=op.f("ck_learning_one_row")),
    )
    op.create_table(
        "training_example",
        sa.Column("id", KEY, sa.Identity()),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("text_key", sa.LargeBinary(), nullable=False),
        sa.Column("category_id", KEY, nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("weight", sa.SmallInteger(), nullable=False),
        sa.Column("author_id", KEY),
        sa.Column("ticket_id", KEY),
        sa.Column("is_active", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("is_golden", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("embedding", sa.LargeBinary()),
        sa.Column("encoder_version", sa.SmallInteger()),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("id", name="pk_training_example"),
        _reference("training_example", "category", "CASCADE"),
        _reference("training_example", "person", "SET NULL", "author_id"),
        _reference("training_example", "ticket", "CASCADE"),
        sa.CheckConstraint(
            "source IN ('seed', 'admin', 'staff', 'requester')", name=op.f("ck_training_example_source")
        ),
    )
    op.create_index("ix_training_example_category", "training_example", ["category_id", "id"], postgresql_where=ACTIVE)
    op.create_index(
        "uq_training_example_text_key", "training_example", ["text_key"], unique=True, postgresql_where=ACTIVE
    )
    op.create_index("ix_training_example_ticket_id", "training_example", ["ticket_id"])


def _models() -> None:
    op.create_table(
        "category_model",
        sa.Column("id", KEY, sa.Identity()),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("category_ids", pg.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("weights", sa.LargeBinary(), nullable=False),
        sa.Column("temperature", sa.Float(), nullable=False),
        sa.Column("examples", sa.Integer(), nullable=False),
        sa.Column("golden", sa.Integer(), nullable=False),
        sa.Column("accuracy", sa.Float()),
        sa.Column("recalls", pg.JSONB(), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False, server_default=""),
        sa.Column("is_current", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("promoted_by_id", KEY),
        sa.Column("created_at", MOMENT, nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("id", name="pk_category_model"),
        _reference("category_model", "person", "SET NULL", "promoted_by_id"),
        sa.CheckConstraint("outcome IN ('first', 'promoted', 'refused')", name=op.f("ck_category_model_outcome")),
    )
    op.create_index(
        "uq_category_model_is_current",
        "category_model",
        ["is_current"],
        unique=True,
        postgresql_where=sa.text("is_current"),
    )


def _tickets() -> None:
    op.create_table(
        "ticket_prediction",
        sa.Column("ticket_id", KEY, autoincrement=False),
        sa.Column("category_id", KEY, nullable=False),
        sa.Column("model_version", KEY, nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("sureness", sa.String(10), nullable=False),
        sa.Column("probabilities", pg.JSONB(), nullable=False),
        sa.Column("like_tickets", sa.SmallInteger(), nullable=False),
        sa.Column("like_examples", sa.SmallInteger(), nullable=False),
        sa.Column("predicted_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_ticket_prediction"),
        _reference("ticket_prediction", "ticket", "CASCADE"),
    )
    op.create_index("ix_ticket_prediction_predicted_at", "ticket_prediction", ["predicted_at"])
    op.create_table(
        "ticket_confirmation",
        sa.Column("id", KEY, sa.Identity()),
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("seen_status", sa.String(10), nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_confirmation"),
        _reference("ticket_confirmation", "ticket", "CASCADE"),
        _reference("ticket_confirmation", "person", "CASCADE"),
        sa.UniqueConstraint("ticket_id", "person_id", name="uq_ticket_confirmation_ticket_id_person_id"),
    )
    op.create_index("ix_ticket_confirmation_person_id", "ticket_confirmation", ["person_id"])


def _reference(table: str, to: str, when_deleted: str, column: str | None = None) -> sa.ForeignKeyConstraint:
    column = column or f"{to}_id"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}", ondelete=when_deleted)


def downgrade() -> None:
    for table in ("ticket_confirmation", "ticket_prediction", "category_model", "training_example", "learning"):
        op.drop_table(table)
    op.drop_index("ix_ticket_reports", "ticket")
    op.drop_column("ticket", "reports")
    op.drop_column("ticket", "category_by")
