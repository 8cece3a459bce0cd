"""What can go wrong with usernames and passwords."""

from service_kit.errors import LodgeError


class WrongPassword(LodgeError):
    """The username does not exist, or the password is not its password; which of the two is not told."""

    status = 401

    def __init__(self) -> None:
        super().__init__("The username or the password is wrong.", headers={"WWW-Authenticate": "Bearer"})


class TooManySignIns(LodgeError):
    """So many people sign in at this moment that one more would wait too long; `Retry-After` says when to try again."""

    status = 429

    def __init__(self) -> None:
        super().__init__("Many people sign in at this moment; try again in 5 s.", headers={"Retry-After": "5"})


class UsernameTaken(LodgeError):
    """Somebody else has this username, or one that looks the same."""

    status = 409

    def __init__(self, username: str) -> None:
        super().__init__(f"The username {username} is taken; choose another one.")


class NoPassword(LodgeError):
    """The person signs in without a password, so there is none to change."""

    status = 409

    def __init__(self) -> None:
        super().__init__("You have no password here. Whoever manages people can make you a link to choose one.")
