"""Why nothing is suggested."""

from service_kit.errors import LodgeError


class NothingSuggested(LodgeError):
    """Texts cannot be understood here at the moment; the requester chooses."""

    status = 503

    def __init__(self) -> None:
        super().__init__("Categories cannot be suggested at the moment; choose one, or leave it to the helpdesk.")
