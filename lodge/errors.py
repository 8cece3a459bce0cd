"""Failures that a person can act upon: shown as one sentence, without a traceback."""


class LodgeError(Exception):
    """Its message says what is wrong and what to do about it."""


class HomeTaken(LodgeError):
    """Another Lodge process holds the lock of this LODGE_HOME. `holder` is its command: "up", "seed", …"""

    def __init__(self, holder: str, message: str) -> None:
        super().__init__(message)
        self.holder = holder
