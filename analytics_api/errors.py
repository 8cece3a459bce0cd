"""The errors that only this service answers."""

from service_kit.errors import LodgeError


class UnknownAnalysis(LodgeError):
    """The catalogue has no analysis of this name."""

    status = 404

    def __init__(self, slug: str) -> None:
        super().__init__(f"There is no analysis {slug!r}; GET /analyses lists those there are.")


class AnalysisUnavailable(LodgeError):
    """This analysis cannot run; the others can."""

    status = 503

    def __init__(self, slug: str, reason: str) -> None:
        super().__init__(f"The analysis {slug!r} cannot run: {reason}.")


class DataApiAway(LodgeError):
    """The data API, which knows whom a token belongs to, does not answer now."""

    status = 503

    def __init__(self) -> None:
        super().__init__("The data API, which knows who you are, is away for a moment.", headers={"Retry-After": "1"})


class ReplicaNotReady(LodgeError):
    """There is no replica to answer from yet."""

    status = 503

    def __init__(self, doing: str) -> None:
        super().__init__(
            f"The replica of the database is not ready yet: {doing}. Try again in a few seconds.",
            headers={"Retry-After": "2"},
        )


class CheckImpossible(LodgeError):
    """The replica cannot be compared with the database now."""

    status = 503


class SnapshotBusy(LodgeError):
    """Another snapshot is being written, or one is being sent to you."""

    status = 429

    def __init__(self, detail: str) -> None:
        super().__init__(f"{detail} Try again in a moment.", headers={"Retry-After": "10"})


class NoRoom(LodgeError):
    """The disk has no room for the snapshot."""

    status = 503

    def __init__(self) -> None:
        super().__init__("The disk of the desk has no room for a snapshot of the replica.")
