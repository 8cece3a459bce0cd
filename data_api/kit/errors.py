"""The errors that any part of the data API may answer with."""

from service_kit.errors import LodgeError


class NotFound(LodgeError):
    """What was asked for does not exist, or this person may not know that it does."""

    status = 404


class StaleVersion(LodgeError):
    """Somebody else changed it meanwhile; `current` holds its present state."""

    status = 409


class DatabaseUnavailable(LodgeError):
    """The database cannot be reached at the moment."""

    status = 503

    def __init__(self) -> None:
        super().__init__("The database is away for a moment; try again.", headers={"Retry-After": "1"})


class ChangedMeanwhile(LodgeError):
    """Something that this change depends on was changed or removed at the same moment; nothing was written."""

    status = 409

    def __init__(self) -> None:
        super().__init__("Something that this stood on was changed at the same moment; look again.")
