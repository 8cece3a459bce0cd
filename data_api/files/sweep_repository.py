"""The statements of the sweep: which contents a row refers to, and the locks on them."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import BigInteger, Engine, LargeBinary, bindparam, func, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from data_api.models import Attachment

# One sweep at a time, and none during a backup, which reads what the database of a moment refers to.
SWEEP = "lodge sweep of files"
TRY_SWEEP = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))").bindparams(name=SWEEP)
END_SWEEP = text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))").bindparams(name=SWEEP)
HASHES = bindparam("hashes", type_=ARRAY(LargeBinary))
HASH = bindparam("hash", type_=LargeBinary)
KEY = bindparam("key", type_=BigInteger)
REFERRED_TO = (
    select(Attachment.content_hash)
    .where(Attachment.content_hash == func.any(HASHES))
    .union(select(Attachment.thumbnail_hash).where(Attachment.thumbnail_hash == func.any(HASHES)))
)
TRY_CONTENT = select(func.pg_try_advisory_xact_lock(KEY))
IS_REFERRED_TO = select(
    select(Attachment.id).where(or_(Attachment.content_hash == HASH, Attachment.thumbnail_hash == HASH)).exists()
)
# Shared by all who refer to the content; the sweep takes it alone.
LOCK_CONTENT = select(func.pg_advisory_xact_lock_shared(KEY))


def lock_key(content: bytes) -> int:
    """Returns the number of the lock on a content. Contents that share one only wait for each other."""
    return int.from_bytes(content[:8], "big", signed=True)


class SweepRepository:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """Gives whether a sweep may run while the block does."""
        with self._autocommit.connect() as connection:
            is_mine = bool(connection.scalar(TRY_SWEEP))
            try:
                yield is_mine
            finally:
                if is_mine:
                    connection.execute(END_SWEEP)

    def referred_to(self, contents: Collection[bytes]) -> set[bytes]:
        """Returns those of the contents that a row refers to."""
        with self._autocommit.connect() as connection:
            return {bytes(found) for found in connection.scalars(REFERRED_TO, {"hashes": list(contents)})}

    @contextmanager
    def alone_with(self, content: bytes) -> Iterator[bool]:
        """Gives whether no row refers to the content; while the block runs, none can come to refer to it."""
        with self._engine.begin() as connection:
            has_lock = connection.scalar(TRY_CONTENT, {"key": lock_key(content)})
            yield bool(has_lock) and not connection.scalar(IS_REFERRED_TO, {"hash": content})
