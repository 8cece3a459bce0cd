"""The change feed: statement-level triggers write a line for every changed row."""

from alembic import op

revision = "0002"
down_revision = "0001"

# For each table, the columns whose values an update logs. Of the others only the names are logged.
LOGGED = {
    "person": ["roles"],
    "session_token": ["expires_at", "revoked_at"],
    "category": ["slug", "name", "description", "is_default"],
    "building": ["slug", "name"],
    "stage": ["slug", "name", "status", "position"],
    "ticket": [
        "status",
        "stage_id",
        "category_id",
        "priority",
        "building_id",
        "room",
        "requester_id",
        "assignee_id",
        "is_confidential",
        "waits_for",
        "closed_reason",
        "opened_at",
        "modified_at",
        "closed_at",
        "first_response_at",
        "last_message_at",
        "last_message_author_id",
        "version",
    ],
    "ticket_watcher": [],
    "ticket_tag": [],
    "message": ["is_internal", "reply_to_id"],
    "ticket_event": ["kind", "occurred_at"],
}

# All tables share one function, because plpgsql plans it separately for each trigger. The generated search column is
# left out, because it follows from other columns. A row that an UPDATE touched without changing it writes no line.
FUNCTIONS = """
CREATE FUNCTION log_change() RETURNS trigger LANGUAGE plpgsql AS $$
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
        SELECT actor, request, TG_TABLE_NAME, difference.id, 'update', difference.before, difference.after
        FROM (
            SELECT new_rows.id,
                   jsonb_object_agg(k, CASE WHEN k = ANY (logged) THEN was.v ELSE 'null' END) AS before,
                   jsonb_object_agg(k, CASE WHEN k = ANY (logged) THEN becomes.v ELSE 'null' END) AS after
            FROM old_rows JOIN new_rows USING (id),
                 jsonb_each(to_jsonb(old_rows) - 'search') AS was (k, v)
                 JOIN jsonb_each(to_jsonb(new_rows) - 'search') AS becomes (k, v) USING (k)
            WHERE was.v IS DISTINCT FROM becomes.v
            GROUP BY new_rows.id
        ) AS difference;
    END IF;
    PERFORM pg_notify('lodge_change', '');
    RETURN NULL;
END $$;

CREATE FUNCTION refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'TRUNCATE writes no line in the change feed: use DELETE FROM %', TG_TABLE_NAME;
END $$;
"""


def upgrade() -> None:
    op.execute(FUNCTIONS)
    for table, logged in LOGGED.items():
        columns = ",".join(logged)
        for event, rows in (
            ("INSERT", "NEW TABLE AS new_rows"),
            ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
            ("DELETE", "OLD TABLE AS old_rows"),
        ):
            op.execute(
                f"CREATE TRIGGER log_{event.lower()} AFTER {event} ON {table} REFERENCING {rows} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION log_change('{columns}')"
            )
        op.execute(
            f"CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()"
        )


def downgrade() -> None:
    for table in LOGGED:
        for name in ("log_insert", "log_update", "log_delete", "refuse_truncate"):
            op.execute(f"DROP TRIGGER {name} ON {table}")
    op.execute("DROP FUNCTION log_change(); DROP FUNCTION refuse_truncate()")
