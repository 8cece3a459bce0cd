"""The routes of time tracking."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from contracts.base import MAX_ID
from contracts.pages import Page, PageQuery
from contracts.people import Permission
from contracts.time_tracking import (
    MyTime,
    MyTimeQuery,
    MyTimers,
    TeamTime,
    TeamTimeQuery,
    TimeChangeRead,
    TimeEntryCreate,
    TimeEntryRead,
    TimeEntryUpdate,
    TimeOfTicket,
    TimerChange,
    TimerChanged,
)
from data_api.access.actor import ActorDep, permitted
from data_api.access.idempotency import IdempotencyKeyReused, OnceDep
from data_api.access.rate_limits import TooManyRequests, changes
from data_api.kit.database import SessionDep
from data_api.kit.errors import StaleVersion
from data_api.kit.settings import SettingsDep
from data_api.tickets.endpoints import TicketId
from data_api.tickets.errors import TicketNotFound
from data_api.tickets.repository import TicketRepository
from data_api.time_tracking.entry_repository import EntryRepository
from data_api.time_tracking.entry_service import EntryService
from data_api.time_tracking.errors import NoTimer, TimeEntryNotFound
from data_api.time_tracking.timer_repository import TimerRepository
from data_api.time_tracking.timer_service import TimerService
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

# Requesters never learn how long somebody worked: all of this is for people who work on tickets.
router = APIRouter(
    tags=["time"],
    route_class=Route,
    dependencies=[Depends(permitted(Permission.TICKETS_WORK))],
    responses=documented(NotSignedIn, NotPermitted, InvalidInput),
)
# How long each person worked is for those who may know it of everybody; whoever asks need not work on tickets.
of_others = APIRouter(
    tags=["time"],
    route_class=Route,
    dependencies=[Depends(permitted(Permission.TIME_READ))],
    responses=documented(NotSignedIn, NotPermitted, InvalidInput),
)
EntryId = Annotated[int, Path(ge=1, le=MAX_ID)]


async def _timers(session: SessionDep, actor: ActorDep, settings: SettingsDep) -> TimerService:
    return TimerService(actor, TimerRepository(session), EntryRepository(session), settings.campus_zone)


async def _entries(session: SessionDep, actor: ActorDep, settings: SettingsDep) -> EntryService:
    repositories = EntryRepository(session), TimerRepository(session), TicketRepository(session)
    return EntryService(actor, *repositories, settings.campus_zone)


TimersDep = Annotated[TimerService, Depends(_timers, scope="function")]
EntriesDep = Annotated[EntryService, Depends(_entries, scope="function")]


@router.post(
    "/tickets/{ticket_id}/timer",
    dependencies=[changes],
    responses=documented(TicketNotFound, NoTimer, TooManyRequests, IdempotencyKeyReused),
)
def change_timer(ticket_id: TicketId, wish: TimerChange, service: TimersDep, once: OnceDep) -> TimerChanged:
    """Start, pause or stop one's own timer of a ticket. One timer runs at most: a start pauses the one that runs on
    another ticket, and the answer says so under `paused`. A pause keeps the sum; a stop makes an entry of it."""
    return once(
        lambda: service.change(ticket_id, wish),
        lambda made: service.changed_before(ticket_id, int(made)),
        lambda changed: str(changed.entry.id if changed.entry else 0),
    )


@router.get("/me/timer")
def read_my_timers(service: TimersDep) -> MyTimers:
    """One's own timers: the one that is running, and those that are paused."""
    return service.mine()


@router.get("/tickets/{ticket_id}/time", responses=documented(TicketNotFound))
def list_time(ticket_id: TicketId, query: Annotated[PageQuery, Query()], service: EntriesDep) -> TimeOfTicket:
    """The time that people worked on a ticket, the latest day first, with the totals."""
    return service.of_ticket(ticket_id, query)


@router.post(
    "/tickets/{ticket_id}/time",
    status_code=201,
    dependencies=[changes],
    responses=documented(TicketNotFound, TooManyRequests, IdempotencyKeyReused),
)
def add_time(ticket_id: TicketId, new: TimeEntryCreate, service: EntriesDep, once: OnceDep) -> TimeEntryRead:
    """Add time that no timer measured, as one's own."""
    return once(lambda: service.add(ticket_id, new), service.entry)


@router.get("/tickets/{ticket_id}/time/changes", responses=documented(TicketNotFound))
def list_time_changes(
    ticket_id: TicketId, query: Annotated[PageQuery, Query()], service: EntriesDep
) -> Page[TimeChangeRead]:
    """Who corrected or deleted an entry of this ticket, when, and from what to what; the latest first."""
    return service.changes(ticket_id, query)


@router.patch(
    "/time/{entry_id}",
    dependencies=[changes],
    responses=documented(TimeEntryNotFound, StaleVersion, TooManyRequests),
)
def correct_time(entry_id: EntryId, change: TimeEntryUpdate, service: EntriesDep) -> TimeEntryRead:
    """Correct an entry: one's own, or with `time:manage` anybody's."""
    return service.update(entry_id, change)


@router.delete(
    "/time/{entry_id}",
    status_code=204,
    dependencies=[changes],
    responses=documented(TimeEntryNotFound, TooManyRequests),
)
def delete_time(entry_id: EntryId, service: EntriesDep) -> None:
    """Delete an entry: one's own, or with `time:manage` anybody's."""
    service.delete(entry_id)


@router.get("/me/time")
def list_my_time(query: Annotated[MyTimeQuery, Query()], service: EntriesDep) -> MyTime:
    """One's own entries across tickets, the latest day first."""
    return service.mine(query)


@of_others.get("/time")
def list_time_of_people(query: Annotated[TeamTimeQuery, Query()], service: EntriesDep) -> TeamTime:
    """The time of everybody, of a team or of one person, on tickets that one may read: the latest day first, with the
    sums by person and day."""
    return service.of_team(query)
