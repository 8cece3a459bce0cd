"""What keeps the replica from following."""


class CannotFollow(Exception):
    """It will be tried again; until then the last numbers stay, with their age. `told` is for everybody: the log says
    more."""

    told = "the replica does not follow"


class SourceUnavailable(CannotFollow):
    """Postgres is away, or not whole: in the middle of a restore."""

    told = "Postgres does not answer, or a restore is under way"


class FeedIncomplete(CannotFollow):
    """Rows may change without a line in the feed."""

    told = "the change feed's triggers are not all there and switched on"


class NotOpened(CannotFollow):
    """The role that follows may not read the tables, and the views made for it are missing or of other settings."""

    told = "the database is not open to the analytics API; start the desk anew"


class SchemaTaken(Exception):
    """Somebody else's schema has the name of that of the views."""


class NoReplica(Exception):
    """There is nothing to answer from yet."""


class FolderTaken(Exception):
    """Another process has the replica of this home open."""
