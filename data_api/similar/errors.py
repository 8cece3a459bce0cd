"""Why a report cannot be confirmed."""

from service_kit.errors import LodgeError


class NothingToConfirm(LodgeError):
    """The report cannot be confirmed any more, or its confirmation was taken back."""

    status = 409

    def __init__(self) -> None:
        super().__init__("That report is closed by now. If you still have the problem, report it.")


class ReportedByYourself(LodgeError):
    """The person reported this ticket, so it already counts as their report."""

    status = 409

    def __init__(self) -> None:
        super().__init__("You reported this yourself, so it counts already.")
