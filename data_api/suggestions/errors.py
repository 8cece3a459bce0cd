"""The error when nothing can be suggested."""

from service_kit.errors import LodgeError


class NothingSuggested(LodgeError):
    """No category can be predicted at the moment; the requester chooses one."""

    status = 503

    def __init__(self) -> None:
        super().__init__("Categories cannot be suggested at the moment; choose one, or leave it to the helpdesk.")
