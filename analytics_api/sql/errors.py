"""The errors of the SQL lab."""

from contracts.errors import FieldError
from service_kit.errors import LodgeError


class StatementWrong(LodgeError):
    """DuckDB does not understand the statement, or cannot compute it. `line` is the line that DuckDB names, counted
    from 1."""

    status = 422

    def __init__(self, detail: str, line: int | None = None) -> None:
        fields = [FieldError(name="body.sql", message=detail[:500])]
        super().__init__(detail, fields=fields, line=line)


class StatementNotAllowed(StatementWrong):
    """The lab does not run statements of this kind, or the statement reaches for something outside the replica."""

    status = 403


class StatementTooExpensive(StatementWrong):
    """The statement took more time or memory than a statement may."""


class StatementLost(LodgeError):
    """The statement's process ended through no fault of the statement."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "The process that ran the statement ended, and not because of the statement. Run it again.",
            headers={"Retry-After": "1"},
        )


class StatementCancelled(LodgeError):
    """The statement was cancelled."""

    status = 409

    def __init__(self) -> None:
        super().__init__("The statement was cancelled.")


class StatementKnown(LodgeError):
    """A statement with this id is known already."""

    status = 409

    def __init__(self) -> None:
        super().__init__("A statement with this id is known already; choose another id.")


class UnknownStatement(LodgeError):
    """No statement of this person has the id, or it is long done."""

    status = 404

    def __init__(self) -> None:
        super().__init__("You have no statement with this id, or it is long done.")


class UnknownFile(LodgeError):
    """No file of this person has the id, or it was deleted since."""

    status = 404

    def __init__(self) -> None:
        super().__init__("You have no file with this id; a file is kept for ten minutes, or until your next one.")


class UnknownTable(LodgeError):
    """The replica has no table or view of this name."""

    status = 404

    def __init__(self) -> None:
        super().__init__("There is no table or view of this name; GET /sql/schema lists them.")


class LabBusy(LodgeError):
    """Too many statements wait already, or no processor is free for a preview."""

    status = 429

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"Retry-After": "2"})


class LabOff(LodgeError):
    """The SQL lab is off on this machine; the detail says why."""

    status = 503

    def __init__(self, reason: str) -> None:
        super().__init__(f"The SQL lab is off: {reason}")


# What the answer to a statement may be, other than its rows.
OF_A_STATEMENT = (
    StatementWrong,
    StatementNotAllowed,
    StatementTooExpensive,
    StatementCancelled,
    StatementKnown,
    StatementLost,
    LabBusy,
    LabOff,
)
