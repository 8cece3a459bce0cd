"""What can go wrong with links to choose a password."""

from service_kit.errors import LodgeError


class IsDeactivated(LodgeError):
    """Somebody who was deactivated cannot sign in, so a link would be of no use to them."""

    status = 409

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} was deactivated; reactivate them first.")


class LinkNotValid(LodgeError):
    """There is no such link, or it was used, has expired, or was replaced by a newer one; which is not told."""

    status = 404

    def __init__(self) -> None:
        super().__init__("This link is not valid: it has expired, or was used already. Ask the helpdesk for a new one.")
