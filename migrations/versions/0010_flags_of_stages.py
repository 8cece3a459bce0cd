"""What a stage means is said by flags: its slug may be another, or gone."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

FLAGS = {"waits_for_requester": "pending", "work_resumes_here": "in-progress"}
LOGGED_BEFORE = ["slug", "name", "status", "position"]


def upgrade() -> None:
    for flag in FLAGS:
        op.add_column("stage", sa.Column(flag, sa.Boolean(), nullable=False, server_default=sa.false()))
    _log_updates([*LOGGED_BEFORE, *FLAGS])
    stage = sa.table("stage", sa.column("slug"), *map(sa.column, FLAGS))
    for flag, slug in FLAGS.items():
        op.execute(stage.update().where(stage.c.slug == slug).values({flag: sa.true()}))


def _log_updates(columns: list[str]) -> None:
    """The values of these columns stand in the change feed."""
    op.execute("DROP TRIGGER log_update ON stage")
    op.execute(
        "CREATE TRIGGER log_update AFTER UPDATE ON stage REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows "
        f"FOR EACH STATEMENT EXECUTE FUNCTION log_change('{','.join(columns)}')"
    )


def downgrade() -> None:
    _log_updates(LOGGED_BEFORE)
    for flag in FLAGS:
        op.drop_column("stage", flag)
