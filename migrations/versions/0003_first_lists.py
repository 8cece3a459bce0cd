"""The lists of a new installation: three categories and the board's five columns."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

CATEGORIES = [
    ("facility-management", "Facility management", "Buildings, rooms, lifts, heating, furniture, cleaning.", True),
    ("technical-it", "Technical IT", "WiFi, computers, accounts, printers, software, projectors.", False),
    ("services-complaints", "Services complaints", "Canteen, library, offices, transport: how you were served.", False),
]
STAGES = [
    ("to-do", "To do", "open", 1),
    ("in-progress", "In progress", "active", 2),
    ("pending", "Pending", "active", 3),
    ("blocked", "Blocked", "active", 4),
    ("completed", "Completed", "closed", 5),
]

category = sa.table("category", *map(sa.column, ("slug", "name", "description", "is_default")))
stage = sa.table("stage", *map(sa.column, ("slug", "name", "status", "position")))


def upgrade() -> None:
    op.bulk_insert(category, [dict(zip(category.c.keys(), row, strict=True)) for row in CATEGORIES])
    op.bulk_insert(stage, [dict(zip(stage.c.keys(), row, strict=True)) for row in STAGES])


def downgrade() -> None:
    op.execute(category.delete().where(category.c.slug.in_([row[0] for row in CATEGORIES])))
    op.execute(stage.delete().where(stage.c.slug.in_([row[0] for row in STAGES])))
