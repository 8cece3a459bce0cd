"""Why a file is refused, inside the process that checks it."""


class Refused(Exception):
    """The message says why, as the end of a sentence for the person who sent the file."""
