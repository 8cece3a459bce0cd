"""Flags say what a stage means, because its slug may be changed and the stage may be deleted."""

import sqlalchemy as sa
from alembic import op

from migrations.feed import write_changes_of

revision = "0010"
down_revision = "0009"

FLAGS = {"waits_for_requester": "pending", "work_resumes_here": "in-progress"}
LOGGED_BEFORE = ["slug", "name", "status", "position"]


def upgrade() -> None:
    for flag in FLAGS:
        op.add_column("stage", sa.Column(flag, sa.Boolean(), nullable=False, server_default=sa.false()))
    write_changes_of("stage", [*LOGGED_BEFORE, *FLAGS])
    stage = sa.table("stage", sa.column("slug"), *map(sa.column, FLAGS))
    for flag, slug in FLAGS.items():
        op.execute(stage.update().where(stage.c.slug == slug).values({flag: sa.true()}))


def downgrade() -> None:
    write_changes_of("stage", LOGGED_BEFORE)
    for flag in FLAGS:
        op.drop_column("stage", flag)
