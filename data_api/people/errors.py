"""Errors of changing people."""

from service_kit.errors import LodgeError


class EmailTaken(LodgeError):
    """Somebody else has this mail address."""

    status = 409

    def __init__(self) -> None:
        super().__init__("Somebody else has this mail address.")


class LastAdministrator(LodgeError):
    """Without this person, the desk would have no administrator."""

    status = 409


class OwnDeactivation(LodgeError):
    """People cannot deactivate themselves."""

    status = 409

    def __init__(self) -> None:
        super().__init__("You cannot deactivate yourself; another administrator can.")
