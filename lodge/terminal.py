"""Text from files and logs on its way to a terminal, which would obey the control characters in it."""

QUOTED_LENGTH = 60


def quoted(text: str) -> str:
    """In quotation marks, shortened, all that is not printable escaped."""
    if len(text) <= QUOTED_LENGTH:
        return repr(text)
    return repr(text[: QUOTED_LENGTH - 1] + "…")


def printable(text: str) -> str:
    """Its lines as they are, all that is not printable in them escaped."""
    return "".join(letter if letter.isprintable() or letter in "\n\t" else ascii(letter)[1:-1] for letter in text)


def service_line(name: str, address: str) -> str:
    """One line a service, their addresses below each other."""
    return f"{name:<14} {address}"
