"""The views that everybody has, in the order in which they are shown."""

from contracts.tickets import Status, TicketQuery, WaitsFor
from contracts.views import BuiltIn, ViewRead, view_query

NOT_CLOSED = [Status.OPEN, Status.ACTIVE]
QUERIES: dict[BuiltIn, tuple[str, TicketQuery]] = {
    BuiltIn.MINE: ("Mine", TicketQuery(status=NOT_CLOSED, assignee=["me"])),
    BuiltIn.UNASSIGNED: ("Unassigned", TicketQuery(status=NOT_CLOSED, assignee=["none"])),
    BuiltIn.MY_TEAM: ("My team", TicketQuery(status=NOT_CLOSED, team=["my-team"])),
    BuiltIn.ALL_OPEN: ("All open", TicketQuery(status=NOT_CLOSED)),
    BuiltIn.WAITING_FOR_US: ("Our turn", TicketQuery(status=NOT_CLOSED, waits_for=[WaitsFor.DESK])),
}
BUILT_IN = [
    ViewRead(
        id=None,
        slug=slug,
        name=name,
        query=view_query(query),
        columns=[],
        is_dense=True,
        team=None,
        owner=None,
        is_mine=False,
        may_change=False,
        version=None,
        position=position,
    )
    for position, (slug, (name, query)) in enumerate(QUERIES.items())
]
