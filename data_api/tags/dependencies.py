"""What the routes of tags are given."""

from typing import Annotated

from fastapi import Depends
from sqlalchemy.orm import Session

from contracts.people import Permission
from data_api.access.actor import Actor, ActorDep
from data_api.bulk.dependencies import ActorOfStepDep
from data_api.bulk.runs import Step
from data_api.kit.database import SessionDep
from data_api.tags.change_repository import TagChangeRepository
from data_api.tags.change_service import TagChangeService
from data_api.tags.repository import TagRepository
from data_api.tags.service import TagService


async def _service(session: SessionDep, actor: ActorDep) -> TagService:
    return TagService(TagRepository(session, actor.reads))


async def _changes(session: SessionDep, actor: ActorDep) -> TagChangeService:
    return _change_service(session, actor)


async def _step(actor_of_step: ActorOfStepDep) -> Step:
    def step(session: Session, change_id: int, most: int) -> bool:
        return _change_service(session, actor_of_step(session, Permission.LISTS_MANAGE)).make_step(change_id, most)

    return step


def _change_service(session: Session, actor: Actor) -> TagChangeService:
    return TagChangeService(actor, TagRepository(session, actor.reads), TagChangeRepository(session, actor))


TagServiceDep = Annotated[TagService, Depends(_service, scope="function")]
TagChangesDep = Annotated[TagChangeService, Depends(_changes, scope="function")]
TagStepDep = Annotated[Step, Depends(_step)]
