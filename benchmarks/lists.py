"""The lists that are measured: each filter and sort order of the queue, and the lists that students use."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle

from benchmarks.desk import Desk, ask, parameters
from benchmarks.facts import Facts
from benchmarks.http_load import Operation, Server
from contracts.tickets import Priority, Status, TicketQuery, TicketSort, WaitsFor

PAGE = 50
HUNDREDTH = 99 * PAGE  # rows before the hundredth page
LARGEST_PAGE = 200  # larger pages reach the hundredth page in fewer steps; a cursor does not depend on the page size
MONTH, YEAR = timedelta(days=30), timedelta(days=365)


def queue(facts: Facts) -> dict[str, list[TicketQuery]]:
    """Returns queries by the name of their row: each filter in the usual order, and each order without a filter. A row
    uses its queries in turn."""
    usual = TicketQuery().sort
    orders = {f"sorted by {sort.value}": [TicketQuery(sort=sort)] for sort in TicketSort if sort != usual}
    return _filters(facts) | orders


def combined(facts: Facts) -> dict[str, list[TicketQuery]]:
    """Returns each filter in each order."""
    return {
        f"{name}, {sort.value}": [query.model_copy(update={"sort": sort}) for query in queries]
        for name, queries in _filters(facts).items()
        for sort in TicketSort
    }


def _filters(facts: Facts) -> dict[str, list[TicketQuery]]:
    return {
        "all tickets": [TicketQuery()],
        **{f"status {status}": [TicketQuery(status=[status])] for status in Status},
        "not closed": [TicketQuery(status=[Status.OPEN, Status.ACTIVE])],
        **{f"stage {slug}": [TicketQuery(stage=[slug])] for slug in facts.stages},
        "category": [TicketQuery(category=[slug]) for slug in facts.categories],
        **{f"priority {priority}": [TicketQuery(priority=[priority])] for priority in Priority},
        "assignee": [TicketQuery(assignee=[str(person)]) for person in facts.assignees],
        "assignee none": [TicketQuery(assignee=["none"])],
        "assignee my-team": [TicketQuery(assignee=["my-team"])],
        "team": [TicketQuery(team=[slug]) for slug in facts.teams],
        "team none": [TicketQuery(team=["none"])],
        "team, not closed": [TicketQuery(team=[slug], status=[Status.OPEN, Status.ACTIVE]) for slug in facts.teams],
        "requester": [TicketQuery(requester=[str(person)]) for person in facts.requesters],
        "building": [TicketQuery(building=[slug]) for slug in facts.buildings],
        "room": [TicketQuery(room=room) for room in facts.rooms],
        "beginning of a room": [TicketQuery(room=room[0]) for room in facts.rooms],
        "tag": [TicketQuery(tag=[tag]) for tag in facts.tags],
        "waits for desk": [TicketQuery(waits_for=[WaitsFor.DESK])],
        "waits for requester": [TicketQuery(waits_for=[WaitsFor.REQUESTER])],
        "followed": [TicketQuery(followed=True)],
        "confidential": [TicketQuery(confidential=True)],
        "confirmed by others": [TicketQuery(reports_at_least=2)],
        "opened in the last month": [TicketQuery(opened_after=facts.newest - MONTH)],
        "opened a year ago or before": [TicketQuery(opened_before=facts.newest - YEAR)],
        "modified in the last month": [TicketQuery(modified_after=facts.newest - MONTH)],
        "modified a year ago or before": [TicketQuery(modified_before=facts.newest - YEAR)],
        "closed in the last month": [TicketQuery(closed_after=facts.newest - MONTH)],
        "closed a year ago or before": [TicketQuery(closed_before=facts.newest - YEAR)],
    }


def searches(facts: Facts) -> dict[str, list[TicketQuery]]:
    pairs = zip(facts.medium_words, facts.common_words, strict=False)
    texts = {
        "common word": facts.common_words,
        "word of 1 in 100": facts.medium_words,
        "rare word": facts.rare_words,
        "two words": [f"{medium} {common}" for medium, common in pairs],
        "number": [str(ticket) for ticket in facts.ids[:8]],
        "#number": [f"#{ticket}" for ticket in facts.ids[:8]],
    }
    return {f"search: {name}": [TicketQuery(q=text) for text in found] for name, found in texts.items()}


def students(facts: Facts) -> dict[str, list[TicketQuery]]:
    """Returns the queries that the pages send for students, by the name of their row."""
    return {
        "my tickets": [TicketQuery(requester=["me"], sort=TicketSort.MODIFIED_LAST)],
        "open tickets": [TicketQuery(status=[Status.OPEN, Status.ACTIVE])],
        "open tickets: search": [
            TicketQuery(status=[Status.OPEN, Status.ACTIVE], q=word) for word in facts.common_words
        ],
    }


def first_page(server: Server, queries: list[TicketQuery]) -> Iterator[Operation]:
    return cycle([[_page(server, query)] for query in queries])


def deep_pages(desk: Desk, queries: list[TicketQuery]) -> tuple[bool, Iterator[Operation]]:
    """Returns whether all lists have a hundredth page, and requests for it, or for the last page of a shorter list."""
    found = [_deep(desk, query) for query in queries]
    return all(is_hundredth for is_hundredth, _ in found), cycle([[_page(desk.agent, query)] for _, query in found])


def _page(server: Server, query: TicketQuery) -> bytes:
    return server.request("GET", f"/tickets?{parameters(query)}")


def _deep(desk: Desk, query: TicketQuery) -> tuple[bool, TicketQuery]:
    """Finds a list's hundredth page, or its last one, by following the cursors from page to page."""
    deepest = query
    for start in range(0, HUNDREDTH, LARGEST_PAGE):
        size = min(LARGEST_PAGE, HUNDREDTH - start)
        answer = ask(desk.agent, "GET", f"/tickets?{parameters(deepest.model_copy(update={'limit': size}))}")
        if answer["next_cursor"] is None:
            return False, deepest
        deepest = query.model_copy(update={"cursor": answer["next_cursor"]})
    return True, deepest
