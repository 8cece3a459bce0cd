"""Rules that assign new tickets, and what they need to know of people: working hours, and the buildings that somebody
knows about."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

from migrations.feed import leave_out, write_changes_of

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "assignment_rule",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("category_ids", pg.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("building_ids", pg.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("priorities", pg.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("words", pg.ARRAY(sa.String()), nullable=False),
        sa.Column("query", pg.TSQUERY(), nullable=True),
        sa.Column("confidential", sa.String(10), nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("confidential IN ('never', 'also', 'only')", name=op.f("ck_assignment_rule_confidential")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_assignment_rule_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_rule")),
    )
    op.create_index(op.f("ix_assignment_rule_team_id"), "assignment_rule", ["team_id"])
    write_changes_of("assignment_rule", ("position", "is_on", "confidential", "team_id"))
    op.create_table(
        "person_building",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_building_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["building_id"], ["building.id"], name=op.f("fk_person_building_building_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "building_id", name=op.f("pk_person_building")),
    )
    op.create_index(op.f("ix_person_building_building_id"), "person_building", ["building_id"])
    op.add_column("person", sa.Column("working_hours", pg.INT4MULTIRANGE(), nullable=True))
    op.create_check_constraint(
        op.f("ck_person_working_hours"), "person", "working_hours <@ '{[0,10080)}'::int4multirange"
    )
    op.add_column("ticket", sa.Column("assigned_because", pg.JSONB(), nullable=True))
    op.add_column("ticket_event", sa.Column("reason", pg.JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("ticket_event", "reason")
    op.drop_column("ticket", "assigned_because")
    op.drop_column("person", "working_hours")
    op.drop_table("person_building")
    leave_out("assignment_rule")
    op.drop_table("assignment_rule")
