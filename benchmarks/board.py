"""The part of the board: eight clients read all columns, or more of one, on the small and the large desk in turns."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle

from benchmarks.data_api import LIMITS, LOAD, ROUNDS, SEARCH_LIMITS, WARM_UP
from benchmarks.desk import Desk, ask, parameters
from benchmarks.facts import Facts
from benchmarks.http_load import Operation, run
from benchmarks.measure import Row, Samples
from benchmarks.told import tell
from contracts.board import MOST_CARDS, BoardQuery
from contracts.tickets import Priority, Status, WaitsFor

MONTH = timedelta(days=30)
PAGES = 20  # before the page of a column that is measured
LIVE = [Status.OPEN, Status.ACTIVE]


def boards(facts: Facts) -> dict[str, list[BoardQuery]]:
    """Returns queries by the name of their row. A row uses its queries in turn."""
    return {
        "all columns": [BoardQuery()],
        "all columns, 50 cards each": [BoardQuery(limit=MOST_CARDS)],
        "open and active": [BoardQuery(status=LIVE)],
        "assignee me": [BoardQuery(assignee=["me"])],
        "assignee": [BoardQuery(assignee=[str(person)]) for person in facts.assignees],
        "assignee my-team": [BoardQuery(assignee=["my-team"])],
        "assignee none": [BoardQuery(assignee=["none"])],
        "requester": [BoardQuery(requester=[str(person)]) for person in facts.requesters],
        "category": [BoardQuery(category=[slug]) for slug in facts.categories],
        "building": [BoardQuery(building=[slug]) for slug in facts.buildings],
        "room": [BoardQuery(room=room) for room in facts.rooms],
        "tag": [BoardQuery(tag=[tag]) for tag in facts.tags],
        "priority urgent": [BoardQuery(priority=[Priority.URGENT])],
        "waits for desk": [BoardQuery(waits_for=[WaitsFor.DESK])],
        "followed": [BoardQuery(followed=True)],
        "confidential": [BoardQuery(confidential=True)],
        "confirmed by others": [BoardQuery(reports_at_least=2)],
        "opened in the last month": [BoardQuery(opened_after=facts.newest - MONTH)],
        "category, building and assignee none": [
            BoardQuery(category=[category], building=[building], assignee=["none"])
            for category, building in zip(facts.categories, facts.buildings, strict=False)
        ],
    }


def searches(facts: Facts) -> dict[str, list[BoardQuery]]:
    texts = {"common word": facts.common_words, "rare word": facts.rare_words}
    return {f"search: {name}": [BoardQuery(q=text) for text in found] for name, found in texts.items()}


def measure_board(small: Desk, large: Desk) -> list[Row]:
    measured = list(_rows(small, large))
    for _, in_large, in_small in measured:
        run(WARM_UP, large.url, in_large)
        run(WARM_UP, small.url, in_small)
    for number in range(1, ROUNDS + 1):
        tell(f"board, round {number} of {ROUNDS}, {len(measured)} rows")
        for row, in_large, in_small in measured:
            assert row.small is not None
            row.small.add(run(LOAD, small.url, in_small))
            row.large.add(run(LOAD, large.url, in_large))
    return [row for row, _, _ in measured]


def _rows(small: Desk, large: Desk) -> Iterator[tuple[Row, Iterator[Operation], Iterator[Operation]]]:
    for asked, limits in ((boards, LIMITS), (searches, SEARCH_LIMITS)):
        in_small = asked(small.facts)
        for name, queries in asked(large.facts).items():
            row = Row(f"board, {name}", limits, small=Samples())
            yield row, _boards(large, queries), _boards(small, in_small[name])
    for slug in large.facts.stages:
        row = Row(f"board, column {slug}, page {PAGES + 1}", LIMITS, small=Samples())
        yield row, _deep_page(large, slug), _deep_page(small, slug)


def _boards(desk: Desk, queries: list[BoardQuery]) -> Iterator[Operation]:
    return cycle([[desk.agent.request("GET", f"/board?{parameters(query)}")] for query in queries])


def _deep_page(desk: Desk, slug: str) -> Iterator[Operation]:
    """Finds a page of a column by following its cursors; the last one of a shorter column."""
    first = path = f"/board/{slug}?limit={MOST_CARDS}"
    for _ in range(PAGES):
        cursor = ask(desk.agent, "GET", path)["next_cursor"]
        if cursor is None:
            break
        path = f"{first}&cursor={cursor}"
    return cycle([[desk.agent.request("GET", path)]])
