"""What can go wrong with sign-ins."""

from service_kit.errors import LodgeError


class CodeNotValid(LodgeError):
    """The code was used already, is older than half a minute, or was made for another browser."""

    status = 401

    def __init__(self) -> None:
        super().__init__("That took too long; sign in again.", headers={"WWW-Authenticate": "Bearer"})


class IsCurrentSignIn(LodgeError):
    """The request came with the very sign-in that it would end."""

    status = 409

    def __init__(self) -> None:
        super().__init__("This is the sign-in that you use; sign out instead (DELETE /sessions/current).")
