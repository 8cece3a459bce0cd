"""Makes a title for a ticket that was reported without one."""

from contracts.base import one_line

TITLE_LENGTH = 80


def title_from(description: str) -> str:
    """Returns the description's first line that is not empty, cut at a word if it is too long."""
    line = next(filter(None, map(one_line, description.splitlines())), "…")
    if len(line) <= TITLE_LENGTH:
        return line
    cut = line[: TITLE_LENGTH - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(" .,;:") + "…"
