"""Failures that a person can act upon: shown as one sentence, without a traceback."""


class LodgeError(Exception):
    """What is wrong and what to do about it."""


class HomeTaken(LodgeError):
    """Another Lodge process works in this home. `holder` is its command: "up", "seed", …"""

    def __init__(self, holder: str, message: str) -> None:
        super().__init__(message)
        self.holder = holder
