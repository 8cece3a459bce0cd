"""What the columns of a result are called where each needs a name of its own."""

from collections import Counter
from collections.abc import Sequence


def unique(names: Sequence[str]) -> list[str]:
    """Returns the names, with a number where a result has a name twice: `id`, `id (2)`."""
    times = Counter[str]()
    found: dict[str, None] = {}
    for name in names:
        new = name
        while new in found:
            times[name] += 1
            new = f"{name} ({times[name] + 1})"
        found[new] = None
    return list(found)
