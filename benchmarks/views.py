"""The counts of an agent's ten views: the five that everybody has, and five of their own."""

from collections.abc import Iterator
from itertools import cycle

from benchmarks.desk import Desk, ask
from benchmarks.http_load import Operation
from contracts.tickets import Priority, Status, TicketQuery, TicketSort, WaitsFor
from contracts.views import view_query

NOT_CLOSED = [Status.OPEN, Status.ACTIVE]


def counts_of_ten_views(desk: Desk) -> Iterator[Operation]:
    present = {view["name"] for view in ask(desk.agent, "GET", "/views")["items"]}
    for name, query in _own(desk).items():
        if name not in present:
            ask(desk.agent, "POST", "/views", json={"name": name, "query": view_query(query)})
    assert len(ask(desk.agent, "GET", "/views/counts")["counts"]) == 10
    return cycle([[desk.agent.request("GET", "/views/counts")]])


def _own(desk: Desk) -> dict[str, TicketQuery]:
    facts = desk.facts
    return {
        "Urgent": TicketQuery(status=NOT_CLOSED, priority=[Priority.URGENT], sort=TicketSort.LAST_WORD_FIRST),
        "A category": TicketQuery(status=NOT_CLOSED, category=facts.categories[:1]),
        "A building": TicketQuery(building=facts.buildings[:1], waits_for=[WaitsFor.REQUESTER]),
        "A tag": TicketQuery(tag=facts.tags[:1]),
        "Solved by me": TicketQuery(status=[Status.CLOSED], assignee=["me"]),
    }
