"""What the routes of changes of many tickets are given, and others that begin work in steps."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session

from contracts.bulk import BulkRead, BulkState
from contracts.people import Permission
from contracts.tags import TagChangeRead
from data_api.access.actor import Actor, ActorDep, find_actor
from data_api.bulk.gathered_writes import GatheredWrites
from data_api.bulk.held_lookups import HeldLookups
from data_api.bulk.repository import BulkRepository
from data_api.bulk.runs import BulkRuns, Step, Work
from data_api.bulk.service import BulkService
from data_api.bulk.steps import BulkSteps
from data_api.kit.database import DatabaseDep, SessionDep, commit_early
from data_api.kit.settings import SettingsDep
from data_api.tickets.dependencies import TicketListsDep
from data_api.tickets.list_repository import TicketListRepository
from data_api.tickets.reactions import Reactions
from data_api.tickets.repository import TicketRepository
from data_api.tickets.service import TicketService
from service_kit.errors import NotPermitted, NotSignedIn
from service_kit.request_ids import request_id_of

ActorOfStep = Callable[[Session, Permission], Actor]
Progress = TypeVar("Progress", BulkRead, TagChangeRead)


@dataclass(frozen=True)
class CarryOut:
    """Carries work out that a request has begun or continues, and waits for its end."""

    runs: BulkRuns
    session: Session
    response: Response

    async def __call__(
        self, begun: Progress, work: Work, step: Step, read: Callable[[int], Progress], wait_seconds: float
    ) -> Progress:
        """Returns how far it has come after so long. If that is not the end, the answer gets the status 202."""
        if begun.state is BulkState.FINISHED:
            return begun
        await commit_early(self.session)
        await self.runs.carry_out(work, step, wait_seconds)
        now = await run_in_threadpool(read, work.id)
        if now.state is not BulkState.FINISHED:
            self.response.status_code = 202
        return now


async def _service(session: SessionDep, actor: ActorDep, settings: SettingsDep, lists: TicketListsDep) -> BulkService:
    repository = BulkRepository(session, actor.person_id)
    return BulkService(actor, repository, GatheredWrites(session), lists, HeldLookups(session), settings.reopen_days)


async def _carry_out(request: Request, session: SessionDep, response: Response) -> CarryOut:
    return CarryOut(request.app.state.organisation.bulk_runs, session, response)


async def _actor_of_step(request: Request, settings: SettingsDep) -> ActorOfStep:
    """Returns what finds out in each step anew who began the work, and whether they still have the permission that it
    needs: it ends when they sign out. Tokens are kept in memory only, and no longer than the work goes on."""
    token = request.headers["Authorization"].partition(" ")[2].strip()
    request_id = request_id_of(request.scope)

    def find(session: Session, needed: Permission) -> Actor:
        actor = find_actor(session, token, request_id, settings.students_may_see, settings.ways_in)
        if actor is None:
            raise NotSignedIn
        if not actor.may(needed):
            raise NotPermitted(f"This needs the permission {needed}, which your role does not have any more.")
        return actor

    return find


ActorOfStepDep = Annotated[ActorOfStep, Depends(_actor_of_step)]


async def _step(request: Request, settings: SettingsDep, database: DatabaseDep, actor_of_step: ActorOfStepDep) -> Step:
    """Returns what makes a step for the person who asks."""
    begin: Callable[[Session, TicketRepository], Reactions] = request.app.state.reactions

    def step(session: Session, bulk_id: int, most: int) -> bool:
        actor = actor_of_step(session, Permission.TICKETS_WORK)
        lists = TicketListRepository(session, database.counting, settings.campus_zone)

        def service(writes: GatheredWrites) -> TicketService:
            return TicketService(
                actor, writes, lists, HeldLookups(session), begin(session, writes), settings.reopen_days
            )

        return BulkSteps(session, BulkRepository(session, actor.person_id), service).make(bulk_id, most)

    return step


BulkServiceDep = Annotated[BulkService, Depends(_service, scope="function")]
CarryOutDep = Annotated[CarryOut, Depends(_carry_out, scope="function")]
StepDep = Annotated[Step, Depends(_step)]
