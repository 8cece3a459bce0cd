"""How Lodge writes on a terminal. Text from files and logs is made safe first: a terminal would obey the control
characters in it."""

QUOTED_LENGTH = 60


def quoted(text: str) -> str:
    """Returns the text in quotation marks, shortened, with unprintable characters escaped."""
    if len(text) <= QUOTED_LENGTH:
        return repr(text)
    return repr(text[: QUOTED_LENGTH - 1] + "…")


def printable(text: str) -> str:
    """Returns the text with its line breaks and tabs, and with all other unprintable characters escaped."""
    return "".join(letter if letter.isprintable() or letter in "\n\t" else ascii(letter)[1:-1] for letter in text)


def service_line(name: str, address: str) -> str:
    """Returns one line about a service, padded so that the addresses of all services are aligned."""
    return f"{name:<14} {address}"


def counted(number: int, one: str, many: str) -> str:
    """Returns such as "1 ticket" or "2,000 tickets"."""
    return f"{number:,} {one if number == 1 else many}"
