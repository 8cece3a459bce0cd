"""Deletes contents that no row refers to: of uploads that never became a row, and of rows that were deleted.

Nothing is deleted that is younger than a day. Whoever refers to a content holds a lock on it until its transaction
ends, and looks then whether it is there (`AttachmentService._add`); the sweep deletes under the same lock, which it
takes alone. So no row ever refers to what the sweep has deleted (ADR 58).
"""

import time
from collections.abc import Sequence
from pathlib import Path

import structlog
from sqlalchemy import BigInteger, Connection, Engine, LargeBinary, bindparam, func, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from data_api.files.storage import Storage, incoming_folder, kept_aside_list
from data_api.models import Attachment
from service_kit.settings import Settings

log = structlog.get_logger()

KEEP_DRAFTS_HOURS = 24
OLD_SECONDS = 24 * 3600.0
# One sweep at a time, and none during a backup, which reads what the database of a moment refers to.
SWEEP = "lodge sweep of files"
TRY_SWEEP = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))").bindparams(name=SWEEP)
END_SWEEP = text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))").bindparams(name=SWEEP)
HASHES = bindparam("hashes", type_=ARRAY(LargeBinary))
HASH = bindparam("hash", type_=LargeBinary)
REFERRED_TO = (
    select(Attachment.content_hash)
    .where(Attachment.content_hash == func.any(HASHES))
    .union(select(Attachment.thumbnail_hash).where(Attachment.thumbnail_hash == func.any(HASHES)))
)
TRY_CONTENT = select(func.pg_try_advisory_xact_lock(bindparam("key", type_=BigInteger)))
IS_REFERRED_TO = select(
    select(Attachment.id).where(or_(Attachment.content_hash == HASH, Attachment.thumbnail_hash == HASH)).exists()
)


def sweep(engine: Engine, storage: Storage, settings: Settings) -> int:
    """Deletes old contents without a row, and old remains of uploads that ended early. Returns how many contents were
    deleted."""
    _remove_remains(incoming_folder(settings))
    kept_aside = kept_aside_list(settings)
    with engine.connect() as connection:
        if not connection.scalar(TRY_SWEEP):
            return 0
        try:
            return sum(_sweep_some(connection, storage, some, kept_aside) for some in storage.older_than(OLD_SECONDS))
        finally:
            connection.rollback()
            connection.execute(END_SWEEP)
            connection.commit()


def _remove_remains(incoming: Path) -> None:
    if incoming.is_dir():
        for path in incoming.iterdir():
            if time.time() - path.lstat().st_mtime > OLD_SECONDS:
                path.unlink(missing_ok=True)


def _sweep_some(connection: Connection, storage: Storage, names: Sequence[str], kept_aside: Path) -> int:
    hashes = {bytes.fromhex(name): name for name in names if _is_hash(name)}
    found = set(connection.scalars(REFERRED_TO, {"hashes": list(hashes)})) if hashes else set()
    connection.rollback()
    orphans = {name for content, name in hashes.items() if content not in found}
    orphans -= _kept_aside(kept_aside, orphans)
    return sum(_delete(connection, storage, name) for name in orphans)


def _delete(connection: Connection, storage: Storage, name: str) -> bool:
    content = bytes.fromhex(name)
    with connection.begin():
        has_lock = connection.scalar(TRY_CONTENT, {"key": lock_key(content)})
        if (
            not has_lock
            or connection.scalar(IS_REFERRED_TO, {"hash": content})
            or not storage.is_older(name, OLD_SECONDS)
        ):
            return False
        storage.remove(name)
        return True


def lock_key(content: bytes) -> int:
    """Returns the number of the lock on a content. Contents that share one only wait for each other."""
    return int.from_bytes(content[:8], "big", signed=True)


def _is_hash(name: str) -> bool:
    return len(name) == 64 and not set(name) - set("0123456789abcdef")


def _kept_aside(listed: Path, names: set[str]) -> set[str]:
    """Returns those of the names that stand in the list, one in each line. The list may be long, so it is not kept in
    memory."""
    if not names or not listed.is_file():
        return set()
    with listed.open(encoding="ascii") as lines:
        return {line.strip() for line in lines if line.strip() in names}
