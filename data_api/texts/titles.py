"""A ticket's title where nobody gave one."""

from contracts.base import one_line

TITLE_LENGTH = 80


def title_from(description: str) -> str:
    """The first line that says something, cut at a word."""
    line = next(filter(None, map(one_line, description.splitlines())), "…")
    if len(line) <= TITLE_LENGTH:
        return line
    cut = line[: TITLE_LENGTH - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(" .,;:") + "…"
