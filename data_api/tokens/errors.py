"""What can go wrong with API tokens."""

from service_kit.errors import LodgeError


class TooManyTokens(LodgeError):
    """The person has as many API tokens as one may have."""

    status = 409

    def __init__(self, most: int) -> None:
        super().__init__(f"You have {most} API tokens already; revoke one that you no longer need first.")
