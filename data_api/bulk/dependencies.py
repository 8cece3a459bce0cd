"""What the routes of changes of many tickets are given."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from contracts.people import Permission
from data_api.access.actor import ActorDep, find_actor
from data_api.bulk.gathered_writes import GatheredWrites
from data_api.bulk.held_lookups import HeldLookups
from data_api.bulk.repository import BulkRepository
from data_api.bulk.runs import BulkRuns, Step
from data_api.bulk.service import BulkService
from data_api.bulk.steps import BulkSteps
from data_api.kit.database import DatabaseDep, SessionDep
from data_api.kit.settings import SettingsDep
from data_api.tickets.dependencies import TicketListsDep
from data_api.tickets.list_repository import TicketListRepository
from data_api.tickets.reactions import Reactions
from data_api.tickets.repository import TicketRepository
from data_api.tickets.service import TicketService
from service_kit.errors import NotPermitted, NotSignedIn
from service_kit.request_ids import request_id_of


async def _service(session: SessionDep, actor: ActorDep, settings: SettingsDep, lists: TicketListsDep) -> BulkService:
    repository = BulkRepository(session, actor.person_id)
    return BulkService(actor, repository, GatheredWrites(session), lists, HeldLookups(session), settings.reopen_days)


async def _runs(request: Request) -> BulkRuns:
    runs: BulkRuns = request.app.state.organisation.bulk_runs
    return runs


async def _step(request: Request, settings: SettingsDep, database: DatabaseDep) -> Step:
    """Returns what makes a step for the person who asks. Each step finds out anew who that is and what they may do: a
    change ends when they sign out. Tokens are kept in memory only, and no longer than the change goes on."""
    token = request.headers["Authorization"].partition(" ")[2].strip()
    request_id = request_id_of(request.scope)
    begin: Callable[[Session, TicketRepository], Reactions] = request.app.state.reactions

    def step(session: Session, bulk_id: int, most: int) -> bool:
        actor = find_actor(session, token, request_id, settings.students_may_see, settings.ways_in)
        if actor is None:
            raise NotSignedIn
        if not actor.may(Permission.TICKETS_WORK):
            raise NotPermitted("Only helpdesk staff change many tickets.")
        lists = TicketListRepository(session, database.counting, settings.campus_zone)

        def service(writes: GatheredWrites) -> TicketService:
            return TicketService(
                actor, writes, lists, HeldLookups(session), begin(session, writes), settings.reopen_days
            )

        return BulkSteps(session, BulkRepository(session, actor.person_id), service).make(bulk_id, most)

    return step


BulkServiceDep = Annotated[BulkService, Depends(_service, scope="function")]
BulkRunsDep = Annotated[BulkRuns, Depends(_runs)]
StepDep = Annotated[Step, Depends(_step)]
