"""The table of vectors of the tickets that somebody may confirm: not closed, not confidential, and at most a week old.

The table is not among the models and not in backups: it needs pgvector, which a server may not have, and it can be
computed again from the tickets. Without pgvector, similar reports are off.
"""

from datetime import timedelta

import structlog
from pgvector.sqlalchemy import BIT, HALFVEC
from sqlalchemy import BigInteger, Column, Computed, Connection, DateTime, Engine, MetaData, Table, text
from sqlalchemy.exc import ProgrammingError

from data_api.texts.encoder import DIMENSIONS
from data_api.texts.vectors import MADE_BY

log = structlog.get_logger()

MAX_AGE = timedelta(days=7)

VECTORS = Table(
    "ticket_vector",
    MetaData(),
    Column("ticket_id", BigInteger, primary_key=True),
    Column("building_id", BigInteger),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("vector", HALFVEC(DIMENSIONS), nullable=False),
    Column("signs", BIT(DIMENSIONS), Computed(f"binary_quantize(vector)::bit({DIMENSIONS})")),
)
# `MADE_BY` is stored as the table's comment. A table of an earlier version, with other columns or other vectors, is
# dropped and created again.
IS_THERE = text("""
SELECT array_agg(attname::text ORDER BY attnum) = ARRAY['ticket_id', 'building_id', 'opened_at', 'vector', 'signs']
   AND obj_description(to_regclass('ticket_vector'), 'pg_class') = :made_by
FROM pg_attribute WHERE attrelid = to_regclass('ticket_vector') AND attnum > 0 AND NOT attisdropped
""")
ALONE = "SELECT pg_advisory_xact_lock(hashtext('lodge ticket vectors'))"
IS_INSTALLED = "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector')"
# halfvec takes two bytes per number, which halves the pages to read. Storage is PLAIN, because values that are
# compressed or have a short header must be copied for each comparison.
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
    # Covers the search for candidates in one building, as the primary key does for all buildings: 64 bytes per ticket
    # are read instead of a kilobyte.
    "CREATE INDEX ix_ticket_vector_building ON ticket_vector (building_id) INCLUDE (ticket_id, signs)",
    # Finds the vectors of tickets that are too old, to delete them.
    "CREATE INDEX ix_ticket_vector_opened ON ticket_vector (opened_at)",
)


NOT_INSTALLED = "the database server has no pgvector"
NOT_USABLE = "pgvector is installed on the database server but cannot be used"


class SimilarReports:
    """Whether similar reports can be found in one organisation's database. Held in memory, because every report needs
    it."""

    def __init__(self) -> None:
        self.why_off: str | None = NOT_INSTALLED

    @property
    def is_on(self) -> bool:
        return self.why_off is None

    def look(self, engine: Engine) -> None:
        """Checks for pgvector. Called every few seconds, because it may be installed while the service runs."""
        why_off = make_tables(engine)
        if why_off is not None and why_off != self.why_off:
            log.info("similar reports are not looked for", error=why_off)
        self.why_off = why_off


def make_tables(engine: Engine) -> str | None:
    """Creates the extension and the table if they are missing and the server has pgvector. Returns the reason why
    similar reports cannot be found, or None. Safe to run again."""
    try:
        with engine.begin() as connection:
            if not _is_there(connection) and connection.scalar(text(IS_INSTALLED)):
                # Waits for another process that is creating the table, and then looks again: creating it a second time
                # would empty it.
                connection.execute(text(ALONE))
                for statement in () if _is_there(connection) else MAKE:
                    connection.execute(text(statement))
            return None if _is_there(connection) else NOT_INSTALLED
    except ProgrammingError as error:
        return f"{NOT_USABLE}: {type(error.orig).__name__}"


def _is_there(connection: Connection) -> bool:
    return bool(connection.scalar(IS_THERE, {"made_by": MADE_BY}))
