"""The errors that every domain may answer."""

from service_kit.errors import LodgeError


class NotFound(LodgeError):
    """It does not exist, or this person may not know that it does."""

    status = 404


class StaleVersion(LodgeError):
    """Someone else changed it meanwhile; `current` is what it is now."""

    status = 409


class DatabaseUnavailable(LodgeError):
    """The database is away for a moment."""

    status = 503

    def __init__(self) -> None:
        super().__init__("The database is away for a moment; try again.", headers={"Retry-After": "1"})


class ChangedMeanwhile(LodgeError):
    """What this stood on was changed or removed at the same moment; nothing was written."""

    status = 409

    def __init__(self) -> None:
        super().__init__("Something that this stood on was changed at the same moment; look again.")
