"""The desk knows whether it is a demo, so that invented tickets come to nobody's own."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

# The buildings of the campus that Lodge invents. A desk with nearly all of them, and without imported tickets, was
# filled by `lodge up --demo` or `lodge seed`. A desk that nobody has used yet stays undecided.
INVENTED = """
    'main-library', 'science-library', 'building-a', 'building-b', 'building-c', 'auditorium-maximum',
    'chemistry-tower', 'physics-institute', 'mathematics-centre', 'computer-science-centre', 'engineering-hall',
    'life-sciences-centre', 'medical-school', 'law-faculty', 'school-of-economics', 'humanities-house',
    'school-of-music', 'art-studios', 'language-centre', 'student-union', 'central-canteen', 'sports-centre',
    'north-residence', 'south-residence', 'administration'
"""
DECIDE = f"""
INSERT INTO desk (id, is_demo) SELECT 1, CASE
    WHEN EXISTS (SELECT FROM ticket WHERE source IS NOT NULL) THEN false
    WHEN (SELECT count(*) FROM building WHERE slug IN ({INVENTED})) >= 20 THEN true
    WHEN EXISTS (SELECT FROM ticket) OR EXISTS (SELECT FROM person) OR EXISTS (SELECT FROM building) THEN false
END
"""  # noqa: S608 nothing in it comes from outside


def upgrade() -> None:
    op.create_table(
        "desk",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_desk_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk")),
    )
    op.execute(DECIDE)


def downgrade() -> None:
    op.drop_table("desk")
