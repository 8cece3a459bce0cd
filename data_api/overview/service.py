"""Puts together the figures of the overview."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from contracts.desk import Overview, OverviewEvent, OverviewMessage, PersonLoad, Workload
from contracts.overview import OverviewLists, overview_queries
from contracts.people import Permission
from contracts.tickets import NOT_CLOSED, TicketQuery
from data_api.messages.service import message_read
from data_api.overview.repository import OverviewRepository
from data_api.people.presenter import is_away
from data_api.tickets.presenter import event_read
from data_api.tickets.service import TicketService

LATEST = 10
MOST_PEOPLE = 200
FIRST = 5
UNASSIGNED_CONFIDENTIAL = TicketQuery(status=NOT_CLOSED, assignee=["none"], confidential=True, limit=1)


def overview(repository: OverviewRepository, campus_zone: ZoneInfo) -> Overview:
    midnight = datetime.now(campus_zone).replace(hour=0, minute=0, second=0, microsecond=0)
    counts = repository.counts()
    return Overview(
        open=counts.open,
        active=counts.live - counts.open,
        waits_for_desk=counts.waits_for_desk,
        waits_for_requester=counts.waiting - counts.waits_for_desk,
        unassigned=counts.live - counts.assigned,
        closed_today=repository.closed_since(midnight.astimezone(UTC)),
        recent_events=[
            OverviewEvent(
                **event_read(event).model_dump(by_alias=False), ticket_title=title, is_confidential=is_confidential
            )
            for event, title, is_confidential in repository.latest_events(LATEST)
        ],
        latest_messages=[
            OverviewMessage(
                **message_read(message, name, files).model_dump(), ticket_title=title, is_confidential=is_confidential
            )
            for message, name, files, title, is_confidential in repository.latest_messages(LATEST)
        ],
    )


def lists(tickets: TicketService, campus_zone: ZoneInfo) -> OverviewLists:
    queries = overview_queries(datetime.now(campus_zone).date())
    reads_confidential = tickets.actor.may(Permission.TICKETS_READ_CONFIDENTIAL)
    return OverviewLists(
        **{name: tickets.page(query.model_copy(update={"limit": FIRST})) for name, query in queries.items()},
        unassigned_confidential=tickets.page(UNASSIGNED_CONFIDENTIAL).total if reads_confidential else None,
    )


def workload(repository: OverviewRepository, campus_zone: ZoneInfo) -> Workload:
    today = datetime.now(campus_zone).date()
    return Workload(
        people=[
            PersonLoad(
                id=person.id,
                name=person.name,
                open=open_tickets,
                active=active_tickets,
                capacity=person.capacity,
                is_away=is_away(person, today),
                is_deactivated=person.deactivated_at is not None,
            )
            for person, open_tickets, active_tickets in repository.workload(MOST_PEOPLE)
        ]
    )
