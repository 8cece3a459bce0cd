"""The routes of changes of many tickets.

They are async because they wait for work that is done in other transactions than theirs (ADR 57)."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.concurrency import run_in_threadpool

from contracts.base import MAX_ID
from contracts.bulk import (
    BulkBrief,
    BulkCreate,
    BulkPreview,
    BulkPreviewCreate,
    BulkRead,
    BulkTickets,
    BulkWait,
)
from contracts.pages import Page, PageQuery
from contracts.people import Permission
from data_api.access.actor import Actor, ActorDep, permitted
from data_api.access.idempotency import IdempotencyKeyReused, OnceDep
from data_api.access.rate_limits import Limited, TooManyRequests, changes, count_one, limited
from data_api.bulk.dependencies import BulkServiceDep, CarryOutDep, StepDep
from data_api.bulk.errors import BulkNotFound
from data_api.bulk.runs import Work
from data_api.lists.errors import CategoryGoing
from data_api.models import BulkChange
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(
    prefix="/tickets/bulk",
    tags=["tickets"],
    route_class=Route,
    dependencies=[Depends(permitted(Permission.TICKETS_WORK))],
    responses=documented(NotSignedIn, NotPermitted, InvalidInput),
)
BulkId = Annotated[int, Path(ge=1, le=MAX_ID)]
WaitDep = Annotated[BulkWait, Query()]
GOES_ON: dict[int | str, dict[str, Any]] = {
    202: {"model": BulkRead, "description": "It is not finished yet; `GET /tickets/bulk/{id}` tells the rest."}
}


@router.post(
    "",
    dependencies=[Depends(limited(Limited.BULK))],
    responses=documented(CategoryGoing, TooManyRequests, IdempotencyKeyReused) | GOES_ON,
)
async def change_many(
    wanted: BulkCreate,
    wait: WaitDep,
    service: BulkServiceDep,
    once: OnceDep,
    carry_out: CarryOutDep,
    step: StepDep,
    actor: ActorDep,
    request: Request,
) -> BulkRead:
    """Change up to 1,000 tickets in the same way. Each is changed by the same rules as one alone, as a whole or not at
    all; what is refused is listed with the error. Sent again with the same `Idempotency-Key`, it goes on where it
    stopped, and answers about all."""
    _count_search(wanted, request, actor)
    begun = await run_in_threadpool(once, lambda: service.begin(wanted), service.read)
    return await carry_out(begun, Work(BulkChange, begun.id), step, service.read, wait.wait_seconds)


@router.post("/preview", dependencies=[changes], responses=documented(CategoryGoing, TooManyRequests))
def preview_change(
    wanted: BulkPreviewCreate, service: BulkServiceDep, actor: ActorDep, request: Request
) -> BulkPreview:
    """What a change would do now, and to which tickets. Nothing is changed."""
    _count_search(wanted, request, actor)
    return service.preview(wanted)


@router.get("")
def list_changes(query: Annotated[PageQuery, Query()], service: BulkServiceDep) -> Page[BulkBrief]:
    """My changes of many tickets in the last days, the latest first. Nobody else reads them."""
    return service.page(query)


@router.get("/{bulk_id}", responses=documented(BulkNotFound))
def read_change(bulk_id: BulkId, service: BulkServiceDep) -> BulkRead:
    """How far it has come, and what was refused."""
    return service.read(bulk_id)


@router.post(
    "/{bulk_id}/continue",
    dependencies=[changes],
    responses=documented(BulkNotFound, TooManyRequests, IdempotencyKeyReused) | GOES_ON,
)
async def continue_change(
    bulk_id: BulkId, wait: WaitDep, service: BulkServiceDep, once: OnceDep, carry_out: CarryOutDep, step: StepDep
) -> BulkRead:
    """Go on with a change that stopped before its end."""
    begun = await run_in_threadpool(once, lambda: service.read(bulk_id), service.read)
    return await carry_out(begun, Work(BulkChange, begun.id), step, service.read, wait.wait_seconds)


@router.delete(
    "/{bulk_id}", status_code=204, dependencies=[changes], responses=documented(BulkNotFound, TooManyRequests)
)
def forget_change(bulk_id: BulkId, service: BulkServiceDep) -> None:
    """Forget a change. If it is not finished, no further ticket is changed."""
    service.delete(bulk_id)


def _count_search(wanted: BulkTickets, request: Request, actor: Actor) -> None:
    if wanted.query is not None and wanted.query.q:
        count_one(Limited.SEARCH, request, actor)
