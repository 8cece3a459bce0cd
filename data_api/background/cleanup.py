"""Deletes rows that are no longer needed: old idempotency keys, results of changes of many tickets and of tags, tokens,
links and codes that have expired or were revoked, uploaded files that nobody used, and the notices that say who could
read a deleted ticket; and sometimes the contents of files that no row refers to. Adds up how many tickets each tag has,
and how often each canned reply was used. Stops timers that were forgotten."""

import asyncio
import itertools
from collections.abc import Callable

import structlog
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import ColumnElement, Connection, and_, delete, func, inspect, or_, select, text, tuple_
from sqlalchemy.exc import SQLAlchemyError

from data_api.kit.database import Database
from data_api.models import (
    Attachment,
    BulkChange,
    DeletionNotice,
    HandOff,
    IdempotencyKey,
    Invitation,
    OidcStart,
    SessionToken,
    TagChange,
)
from data_api.models.base import Base

log = structlog.get_logger()

FIRST_SECONDS, EVERY_SECONDS = 60.0, 600.0
BATCH = 1_000
OLD = func.now() - text("interval '1 day'")

# A notice is needed only until the live events have read it, which they do as soon as it is committed.
READ_LONG_AGO = func.now() - text("interval '5 minutes'")

# Somebody who comes back after a weekend is still told what became of their change of many tickets.
LAST_WEEK = func.now() - text("interval '7 days'")
EVERY_SO_MANY_ROUNDS = 6  # a sweep of files lists all of them

DELETE_WHERE: dict[type[Base], ColumnElement[bool]] = {
    Attachment: and_(Attachment.ticket_id.is_(None), Attachment.created_at < OLD),
    BulkChange: BulkChange.created_at < LAST_WEEK,
    # Also one that stopped and was never continued: it keeps others from its tags, and not everybody may know of it.
    TagChange: and_(
        TagChange.created_at < LAST_WEEK,
        or_(TagChange.finished_at.is_not(None), TagChange.stepped_at < LAST_WEEK),
    ),
    DeletionNotice: DeletionNotice.created_at < READ_LONG_AGO,
    HandOff: HandOff.expires_at < func.now(),
    Invitation: Invitation.expires_at < OLD,
    OidcStart: OidcStart.expires_at < func.now(),
    IdempotencyKey: IdempotencyKey.created_at < OLD,
    SessionToken: or_(SessionToken.expires_at < OLD, SessionToken.revoked_at < OLD),
}


# A tag's rows become one, or none if no ticket has it any more. What others add meanwhile stays beside it.
ADD_UP_TAGS = text("""
WITH taken AS (
    DELETE FROM tag_use WHERE (tag, is_confidential) IN (
        SELECT tag, is_confidential FROM tag_use GROUP BY 1, 2 HAVING count(*) > 1
    ) RETURNING tag, is_confidential, tickets
)
INSERT INTO tag_use (tag, is_confidential, tickets)
SELECT tag, is_confidential, sum(tickets) FROM taken GROUP BY 1, 2 HAVING sum(tickets) <> 0
""")


# Of the uses of a reply on one day. A reply is locked before its uses, as by whoever deletes it: otherwise each would
# wait for the other.
ADD_UP_USES = text("""
WITH held AS MATERIALIZED (SELECT id FROM canned_reply ORDER BY id FOR KEY SHARE),
taken AS (
    DELETE FROM canned_reply_use WHERE canned_reply_id IN (SELECT id FROM held)
    AND (canned_reply_id, (used_at AT TIME ZONE 'UTC')::date) IN (
        SELECT canned_reply_id, (used_at AT TIME ZONE 'UTC')::date FROM canned_reply_use
        WHERE used_at > now() - interval '2 days' GROUP BY 1, 2 HAVING count(*) > 1
    ) RETURNING canned_reply_id, uses, used_at
)
INSERT INTO canned_reply_use (canned_reply_id, uses, used_at)
SELECT canned_reply_id, sum(uses), max(used_at) FROM taken GROUP BY canned_reply_id, (used_at AT TIME ZONE 'UTC')::date
""")


async def clean_up_regularly(
    database: Database,
    sweep: Callable[[], object],
    stop_timers: Callable[[], object],
    count_run: Callable[[str, str], None] = lambda _, __: None,
) -> None:
    """Runs a minute after the start and then every ten minutes, until it is cancelled. `sweep` deletes contents of
    files that no row refers to; it runs once an hour. `stop_timers` stops those that nobody else will. `count_run` is
    told what came of each run."""
    await asyncio.sleep(FIRST_SECONDS)
    for round_ in itertools.count():
        try:
            await run_in_threadpool(_clean_up, database)
            await run_in_threadpool(stop_timers)
            if round_ % EVERY_SO_MANY_ROUNDS == 0:
                await run_in_threadpool(sweep)
            count_run("clean_up", "done")
        except SQLAlchemyError as error:
            count_run("clean_up", "waiting")
            log.warning("cleanup waits for the database", error=type(error).__name__)
        except Exception as error:  # without this the task would end, and nobody would notice
            count_run("clean_up", "failed")
            log.error("cleanup failed and is tried again later", exc_info=error)
        await asyncio.sleep(EVERY_SECONDS)


def _clean_up(database: Database) -> None:
    with database.autocommit.connect() as connection:
        delete_old_rows(connection)
        connection.execute(ADD_UP_TAGS)
        connection.execute(ADD_UP_USES)


def delete_old_rows(connection: Connection) -> None:
    """Deletes in batches, each in a transaction of its own."""
    for table, condition in DELETE_WHERE.items():
        while _delete_some(connection, table, condition) == BATCH:
            pass


def _delete_some(connection: Connection, table: type[Base], condition: ColumnElement[bool]) -> int:
    key = inspect(table).primary_key
    some = select(*key).where(condition).limit(BATCH).with_for_update(skip_locked=True)
    return connection.execute(delete(table).where(tuple_(*key).in_(some))).rowcount
