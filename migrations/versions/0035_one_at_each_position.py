"""No two stages, and no two rules of assignment, have the same position."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0033"

# In the order in which they were shown until now.
ORDERS = {
    "stage": "CASE status WHEN 'open' THEN 1 WHEN 'active' THEN 2 ELSE 3 END, position, id",
    "assignment_rule": "position, id",
}
NUMBER = """
UPDATE {table} SET position = ordered.place
FROM (SELECT id, row_number() OVER (ORDER BY {order}) AS place FROM {table}) AS ordered
WHERE ordered.id = {table}.id AND {table}.position <> ordered.place
"""


def upgrade() -> None:
    for table, order in ORDERS.items():
        op.execute(sa.text(NUMBER.format(table=table, order=order)))
        # Checked at the end of a transaction, which may number many of them anew.
        op.create_unique_constraint(
            op.f(f"uq_{table}_position"), table, ["position"], deferrable=True, initially="DEFERRED"
        )


def downgrade() -> None:
    for table in ORDERS:
        op.drop_constraint(op.f(f"uq_{table}_position"), table)
