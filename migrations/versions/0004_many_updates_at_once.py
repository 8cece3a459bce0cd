"""A statement that updates many rows writes its lines of the change feed in linear instead of quadratic time.

A session keeps the function's plan from its first call, which mostly changes one row. To join old and new rows in a
nested loop was right then, but took minutes for some thousand rows.
"""

from alembic import op

revision = "0004"
down_revision = "0003"

FUNCTION = """
CREATE OR REPLACE FUNCTION log_change() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE
    actor bigint := nullif(current_setting('lodge.actor_id', true), '')::bigint;
    request text := nullif(current_setting('lodge.request_id', true), '');
    logged text[] := string_to_array(TG_ARGV[0], ',');
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO change (actor_id, request_id, table_name, row_id, op)
        SELECT actor, request, TG_TABLE_NAME, id, 'insert' FROM new_rows;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO change (actor_id, request_id, table_name, row_id, op)
        SELECT actor, request, TG_TABLE_NAME, id, 'delete' FROM old_rows;
    ELSE
        INSERT INTO change (actor_id, request_id, table_name, row_id, op, before, after)
        WITH pair AS MATERIALIZED (
            SELECT new_rows.id, to_jsonb(old_rows) - 'search' AS was, to_jsonb(new_rows) AS is_now
            FROM old_rows JOIN new_rows ON new_rows.id = old_rows.id
        )
        SELECT actor, request, TG_TABLE_NAME, pair.id, 'update', difference.before, difference.after
        FROM pair CROSS JOIN LATERAL (
            SELECT jsonb_object_agg(k, CASE WHEN k = ANY (logged) THEN v ELSE 'null' END) AS before,
                   jsonb_object_agg(k, CASE WHEN k = ANY (logged) THEN is_now -> k ELSE 'null' END) AS after
            FROM jsonb_each(was) AS each_was (k, v)
            WHERE v IS DISTINCT FROM is_now -> k
        ) AS difference
        WHERE difference.before IS NOT NULL;
    END IF;
    PERFORM pg_notify('lodge_change', '');
    RETURN NULL;
END $$;
"""


def upgrade() -> None:
    op.execute(FUNCTION)


def downgrade() -> None:
    """Does nothing: both versions of the function write the same lines."""
