"""Errors that keep the replica from following Postgres or from answering."""

import errno
import os

import duckdb

from service_kit.disk import means_full_disk

DISK_FULL = "the disk is full; the figures stay as they are until there is room"


class CannotFollow(Exception):
    """The replica cannot follow for now. The follower tries again; until it succeeds, the last numbers are served with
    their age. `told` may be shown to everybody; the details are in the log."""

    told = "the replica does not follow"


class SourceUnavailable(CannotFollow):
    """Postgres cannot be reached, or is in the middle of a restore."""

    told = "Postgres does not answer, or a restore is under way"


class FeedIncomplete(CannotFollow):
    """A trigger of the change feed is missing or disabled, so rows may change without a line in the feed."""

    told = "the change feed's triggers are not all there and switched on"


class NotOpened(CannotFollow):
    """The follower's database role may not read the tables, and the views made for it are missing or were made for
    other settings."""

    told = "the database is not open to the analytics API; start the desk anew"


class SchemaTaken(Exception):
    """A schema that Lodge did not make has the name of the views' schema."""


class NoReplica(Exception):
    """There is no readable replica to answer from yet."""


def is_disk_full(error: BaseException) -> bool:
    """Like `means_full_disk`, also for an error of DuckDB, which has no number for its cause."""
    in_words = isinstance(error, duckdb.Error) and os.strerror(errno.ENOSPC) in str(error)
    return in_words or means_full_disk(error)


class NoRoomForCopy(Exception):
    """The disk has no room for a copy of the replica, beside what the replica itself may need."""


class QueryFailed(Exception):
    """The replica can be read, but DuckDB cannot compute this query or sentence."""


class FolderTaken(Exception):
    """Another process has locked the replica's folder."""
