"""The short lists of the overview. The pages show their first tickets, and lead to the whole lists."""

from datetime import date, datetime, time, timedelta

from pydantic import Field

from contracts.base import Output
from contracts.pages import CountedPage
from contracts.tickets import NOT_CLOSED, Status, TicketQuery, TicketRead, TicketSort

SOLVED_DAYS = 7


class OverviewLists(Output):
    """The first five tickets of each list, and how many it has: those assigned to the person who asks, the most urgent
    first; those assigned to nobody, the one that was changed last first; the oldest that are not closed; and those that
    were closed in the last seven days."""

    mine: CountedPage[TicketRead]
    unassigned: CountedPage[TicketRead]
    oldest: CountedPage[TicketRead]
    solved: CountedPage[TicketRead]
    unassigned_confidential: int | None = Field(
        description="How many confidential tickets nobody works on; null for those who do not read all of them."
    )


def overview_queries(today: date) -> dict[str, TicketQuery]:
    """Returns the query of each list. `today` is the day on the campus."""
    since = datetime.combine(today - timedelta(days=SOLVED_DAYS), time.min)
    return {
        "mine": TicketQuery(status=NOT_CLOSED, assignee=["me"], sort=TicketSort.PRIORITY_HIGHEST),
        "unassigned": TicketQuery(status=NOT_CLOSED, assignee=["none"], sort=TicketSort.MODIFIED_LAST),
        "oldest": TicketQuery(status=NOT_CLOSED, sort=TicketSort.OPENED_FIRST),
        "solved": TicketQuery(status=[Status.CLOSED], closed_after=since, sort=TicketSort.CLOSED_LAST),
    }
