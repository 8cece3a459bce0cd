"""Why a report cannot be confirmed."""

from service_kit.errors import LodgeError


class NothingToConfirm(LodgeError):
    """It was closed or taken away meanwhile."""

    status = 409

    def __init__(self) -> None:
        super().__init__("That report is closed by now. If you still have the problem, report it.")


class ReportedByYourself(LodgeError):
    """It counts as this person's report already."""

    status = 409

    def __init__(self) -> None:
        super().__init__("You reported this yourself, so it counts already.")
