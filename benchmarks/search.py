"""The part of the search through everything: eight clients search on the small and the large desk in turns."""

from collections.abc import Iterator
from itertools import cycle, pairwise

import httpx

from benchmarks.data_api import LOAD, ROUNDS, WARM_UP
from benchmarks.desk import Desk
from benchmarks.facts import Facts
from benchmarks.http_load import Operation, Server, run
from benchmarks.measure import Limits, Row, Samples
from benchmarks.told import tell

LIMITS = Limits({99: 500})
PREFIX_LETTERS = 3
NONSENSE = ["xqzvw", "brimble grotzl", "kwartsj", "zzyzx road"]


def measure_search(small: Desk, large: Desk) -> list[Row]:
    measured = [
        (Row(f"search, {name}", LIMITS, small=Samples()), _operations(large, name), _operations(small, name))
        for name in _texts(large.facts)
    ]
    for _, in_large, in_small in measured:
        run(WARM_UP, large.url, in_large)
        run(WARM_UP, small.url, in_small)
    for number in range(1, ROUNDS + 1):
        tell(f"search, round {number} of {ROUNDS}, {len(measured)} rows")
        for row, in_large, in_small in measured:
            assert row.small is not None
            row.small.add(run(LOAD, small.url, in_small))
            row.large.add(run(LOAD, large.url, in_large))
    return [row for row, _, _ in measured]


def _texts(facts: Facts) -> dict[str, tuple[bool, list[str]]]:
    """What is searched for, and whether as a student, by the name of the row."""
    common, medium, rare = facts.common_words, facts.medium_words, facts.rare_words
    return {
        "common word": (False, common),
        "word of 1 in 100": (False, medium),
        "rare word": (False, rare),
        "two words": (False, [f"{one} {other}" for one, other in zip(medium, common, strict=False)]),
        "two common words": (False, [f"{one} {other}" for one, other in pairwise(common)]),
        "name": (False, facts.names),
        "name and word": (False, [f"{name} {word}" for name, word in zip(facts.names, common, strict=False)]),
        "three letters": (False, [word[:PREFIX_LETTERS] for word in [*medium, *rare]]),
        "number": (False, [f"#{ticket}" for ticket in facts.ids[:4]]),
        "nonsense": (False, NONSENSE),
        "student, common word": (True, common),
        "student, rare word": (True, rare),
    }


def _operations(desk: Desk, name: str) -> Iterator[Operation]:
    is_student, texts = _texts(desk.facts)[name]
    return cycle([[_search(desk.student if is_student else desk.agent, text)] for text in texts])


def _search(server: Server, text: str) -> bytes:
    return server.request("GET", f"/search?{httpx.QueryParams({'q': text, 'limit': 25})}")
