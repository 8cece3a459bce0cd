"""The vectors of what may be confirmed: tickets that are not closed, not confidential and young.

The table lies outside of the models and the backup, because it needs pgvector, which a server may not have, and can be
made anew from the tickets. Without pgvector this feature is off.
"""

from datetime import timedelta

import structlog
from pgvector.sqlalchemy import BIT, HALFVEC
from sqlalchemy import BigInteger, Column, Computed, Connection, DateTime, Engine, MetaData, Table, text
from sqlalchemy.exc import ProgrammingError

from data_api.texts.encoder import DIMENSIONS, VERSION

log = structlog.get_logger()

YOUNG = timedelta(days=7)

VECTORS = Table(
    "ticket_vector",
    MetaData(),
    Column("ticket_id", BigInteger, primary_key=True),
    Column("building_id", BigInteger),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("vector", HALFVEC(DIMENSIONS), nullable=False),
    Column("signs", BIT(DIMENSIONS), Computed(f"binary_quantize(vector)::bit({DIMENSIONS})")),
)
# Which vectors are in it. One that an earlier version made, with other columns or another encoder, is made anew.
MADE_BY = f"encoder {VERSION}"
IS_THERE = text("""
SELECT array_agg(attname::text ORDER BY attnum) = ARRAY['ticket_id', 'building_id', 'opened_at', 'vector', 'signs']
   AND obj_description(to_regclass('ticket_vector'), 'pg_class') = :made_by
FROM pg_attribute WHERE attrelid = to_regclass('ticket_vector') AND attnum > 0 AND NOT attisdropped
""")
ALONE = "SELECT pg_advisory_xact_lock(hashtext('lodge ticket vectors'))"
IS_INSTALLED = "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector')"
# Two bytes a number: half the pages to read. Plain, because what is compressed, or stands with a short head, must be
# copied for each comparison.
MAKE = (
    "CREATE EXTENSION IF NOT EXISTS vector",
    "DROP TABLE IF EXISTS ticket_vector",
    f"""CREATE TABLE ticket_vector (
        ticket_id bigint REFERENCES ticket (id) ON DELETE CASCADE,
        building_id bigint,
        opened_at timestamptz NOT NULL,
        vector halfvec({DIMENSIONS}) NOT NULL,
        signs bit({DIMENSIONS}) NOT NULL GENERATED ALWAYS AS (binary_quantize(vector)::bit({DIMENSIONS})) STORED,
        PRIMARY KEY (ticket_id) INCLUDE (signs)
    )""",
    "ALTER TABLE ticket_vector ALTER vector SET STORAGE PLAIN, ALTER signs SET STORAGE PLAIN",
    f"COMMENT ON TABLE ticket_vector IS '{MADE_BY}'",
    # With all that the first look in one building needs, as the primary key has for all of them: 64 bytes a ticket
    # instead of a kilobyte.
    "CREATE INDEX ix_ticket_vector_building ON ticket_vector (building_id) INCLUDE (ticket_id, signs)",
    # For those that grow too old.
    "CREATE INDEX ix_ticket_vector_opened ON ticket_vector (opened_at)",
)


NOT_INSTALLED = "the database server has no pgvector"
NOT_USABLE = "pgvector is installed on the database server but cannot be used"


class SimilarReports:
    """Whether one organisation's vectors can be compared. Known, not asked: every report needs it."""

    def __init__(self) -> None:
        self.why_off: str | None = NOT_INSTALLED

    @property
    def is_on(self) -> bool:
        return self.why_off is None

    def look(self, engine: Engine) -> None:
        """Again and again, because pgvector may be switched on while the desk runs."""
        why_off = make_tables(engine)
        if why_off is not None and why_off != self.why_off:
            log.info("similar reports are not looked for", error=why_off)
        self.why_off = why_off


def make_tables(engine: Engine) -> str | None:
    """Where the server has pgvector and they are missing. Where they cannot be made, the reason. Safe to run again."""
    try:
        with engine.begin() as connection:
            if not _is_there(connection) and connection.scalar(text(IS_INSTALLED)):
                # Another process that makes them just now is waited for: made anew, they would be empty again.
                connection.execute(text(ALONE))
                for statement in () if _is_there(connection) else MAKE:
                    connection.execute(text(statement))
            return None if _is_there(connection) else NOT_INSTALLED
    except ProgrammingError as error:
        return f"{NOT_USABLE}: {type(error.orig).__name__}"


def _is_there(connection: Connection) -> bool:
    return bool(connection.scalar(IS_THERE, {"made_by": MADE_BY}))
