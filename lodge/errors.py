"""Failures that a person can act upon: shown as one sentence, without a traceback."""

EXIT_REFUSED = 3  # of the process that makes a desk ready, when trying again does not help


class LodgeError(Exception):
    """Its message says what is wrong and what to do about it."""


class DeskRefused(LodgeError):
    """This version, or this command, may not work on this desk. Trying again does not help."""


class HomeTaken(LodgeError):
    """Another Lodge process holds the lock of this LODGE_HOME. `holder` is its command: "up", "seed", …"""

    def __init__(self, holder: str, message: str) -> None:
        super().__init__(message)
        self.holder = holder
