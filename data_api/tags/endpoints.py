"""The routes of tags."""

from operator import attrgetter
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from contracts.base import Tag
from contracts.pages import Page
from contracts.people import Permission
from contracts.tags import TagMerge, TagQuery, TagRead
from data_api.access.actor import ActorDep, permitted
from data_api.access.idempotency import IdempotencyKeyReused, OnceDep
from data_api.access.rate_limits import TooManyRequests, changes
from data_api.kit.database import DatabaseDep, SessionDep
from data_api.kit.errors import ChangedMeanwhile, NotFound
from data_api.tags.changing import change_in_steps, one_change
from data_api.tags.repository import TagRepository
from data_api.tags.service import TagService
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(
    prefix="/tags",
    tags=["tags"],
    route_class=Route,
    responses=documented(NotSignedIn, NotPermitted, InvalidInput),
)
manages = Depends(permitted(Permission.LISTS_MANAGE))


async def _service(session: SessionDep, actor: ActorDep) -> TagService:
    return TagService(actor, TagRepository(session, actor.reads))


ServiceDep = Annotated[TagService, Depends(_service, scope="function")]


@router.get("", dependencies=[Depends(permitted(Permission.TICKETS_READ_ALL, Permission.LISTS_MANAGE))])
def list_tags(query: Annotated[TagQuery, Query()], service: ServiceDep) -> Page[TagRead]:
    """The tags that tickets have, the most used first. Those of confidential tickets count only for people who may read
    all of them."""
    return service.page(query)


@router.post(
    "/merge",
    dependencies=[manages, changes],
    responses=documented(NotFound, ChangedMeanwhile, TooManyRequests, IdempotencyKeyReused),
)
def merge_tag(
    merge: TagMerge,
    service: ServiceDep,
    actor: ActorDep,
    database: DatabaseDep,
    session: SessionDep,
    once: OnceDep,
) -> TagRead:
    """Rename a tag, or make it part of another one, in all tickets. With very many tickets it takes minutes, in which
    they change a few hundred at a time; when it is broken off, send it again."""

    def do() -> TagRead:
        service.check_merge(merge)
        with one_change(database):
            change_in_steps(database, session, actor, merge.tag, merge.into)
        return service.merged(merge)

    return once(do, lambda _: service.merged(merge), attrgetter("tag"))


@router.delete(
    "",
    status_code=204,
    dependencies=[manages, changes],
    responses=documented(NotFound, ChangedMeanwhile, TooManyRequests),
)
def delete_tag(
    tag: Annotated[Tag, Query()],
    service: ServiceDep,
    actor: ActorDep,
    database: DatabaseDep,
    session: SessionDep,
) -> None:
    """Take a tag away from all tickets, in steps as when it is merged."""
    service.check(tag)
    with one_change(database):
        change_in_steps(database, session, actor, tag, None)
