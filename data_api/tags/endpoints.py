"""The routes of tags. Those that change a tag are async because they wait for work that is done in other transactions
than theirs (ADR 57)."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from fastapi.concurrency import run_in_threadpool

from contracts.base import MAX_ID
from contracts.bulk import BulkWait
from contracts.pages import Page, PageQuery
from contracts.people import Permission
from contracts.tags import TagChangeRead, TagDelete, TagMerge, TagQuery, TagRead
from data_api.access.actor import permitted
from data_api.access.idempotency import IdempotencyKeyReused, OnceDep
from data_api.access.rate_limits import TooManyRequests, changes
from data_api.bulk.dependencies import CarryOutDep
from data_api.bulk.runs import Work
from data_api.kit.errors import NotFound
from data_api.models import TagChange
from data_api.tags import change_service
from data_api.tags.dependencies import TagChangesDep, TagServiceDep, TagStepDep
from data_api.tags.errors import TagChangeNotFound, TagChanging, TooManyTagChanges
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(
    prefix="/tags",
    tags=["tags"],
    route_class=Route,
    responses=documented(NotSignedIn, NotPermitted, InvalidInput),
)
manages = Depends(permitted(Permission.LISTS_MANAGE))
ChangeId = Annotated[int, Path(ge=1, le=MAX_ID)]
WaitDep = Annotated[BulkWait, Query()]
GOES_ON: dict[int | str, dict[str, Any]] = {
    202: {"model": TagChangeRead, "description": "It is not finished yet; `GET /tags/changes/{id}` tells the rest."}
}
begins = documented(NotFound, TagChanging, TooManyTagChanges, TooManyRequests) | GOES_ON


@router.get("", dependencies=[Depends(permitted(Permission.TICKETS_READ_ALL, Permission.LISTS_MANAGE))])
def list_tags(query: Annotated[TagQuery, Query()], service: TagServiceDep) -> Page[TagRead]:
    """The tags that tickets have, the most used first. Those of confidential tickets count only for people who may read
    all of them."""
    return service.page(query)


@router.post("/merge", dependencies=[manages, changes], responses=begins | documented(IdempotencyKeyReused))
async def merge_tag(
    merge: TagMerge, wait: WaitDep, service: TagChangesDep, once: OnceDep, carry_out: CarryOutDep, step: TagStepDep
) -> TagChangeRead:
    """Rename a tag, or make it part of another one, in all tickets, a few hundred at a time. Sent again while it is not
    finished, it goes on."""
    begun = await run_in_threadpool(once, lambda: service.begin_merge(merge), service.read)
    return await carry_out(begun, _work(begun.id), step, service.read, wait.wait_seconds)


@router.delete("", dependencies=[manages, changes], responses=begins)
async def delete_tag(
    wanted: Annotated[TagDelete, Query()], service: TagChangesDep, carry_out: CarryOutDep, step: TagStepDep
) -> TagChangeRead:
    """Take a tag away from all tickets, in steps as when it is merged."""
    begun = await run_in_threadpool(service.begin_delete, wanted.tag)
    return await carry_out(begun, _work(begun.id), step, service.read, wanted.wait_seconds)


@router.get("/changes", dependencies=[manages])
def list_tag_changes(query: Annotated[PageQuery, Query()], service: TagChangesDep) -> Page[TagChangeRead]:
    """Tags that were renamed, merged or deleted in the last days, the latest first, with how far that has come. Who may
    not read all tickets finds only their own, if they might not when they began them either."""
    return service.page(query)


@router.get("/changes/{change_id}", dependencies=[manages], responses=documented(TagChangeNotFound))
def read_tag_change(change_id: ChangeId, service: TagChangesDep) -> TagChangeRead:
    """How far it has come."""
    return service.read(change_id)


@router.post(
    "/changes/{change_id}/continue",
    dependencies=[manages, changes],
    responses=documented(TagChangeNotFound, TooManyRequests, IdempotencyKeyReused) | GOES_ON,
)
async def continue_tag_change(
    change_id: ChangeId,
    wait: WaitDep,
    service: TagChangesDep,
    once: OnceDep,
    carry_out: CarryOutDep,
    step: TagStepDep,
) -> TagChangeRead:
    """Go on with a change that stopped before its end."""
    begun = await run_in_threadpool(once, lambda: service.read(change_id), service.read)
    return await carry_out(begun, _work(begun.id), step, service.read, wait.wait_seconds)


@router.delete(
    "/changes/{change_id}",
    status_code=204,
    dependencies=[manages, changes],
    responses=documented(TagChangeNotFound, TooManyRequests),
)
def forget_tag_change(change_id: ChangeId, service: TagChangesDep) -> None:
    """Forget a change. If it is not finished, no further ticket is changed."""
    service.forget(change_id)


def _work(change_id: int) -> Work:
    return Work(TagChange, change_id, change_service.TICKETS_AT_ONCE)
