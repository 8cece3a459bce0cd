"""The routes of saved queries, and of the history of the SQL lab."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from contracts.base import MAX_ID
from contracts.pages import Page, PageQuery
from contracts.people import Permission
from contracts.queries import (
    QueryRunCreate,
    QueryRunRead,
    SavedQueryBrief,
    SavedQueryCreate,
    SavedQueryQuery,
    SavedQueryRead,
    SavedQueryUpdate,
)
from data_api.access.actor import ActorDep, permitted
from data_api.access.idempotency import IdempotencyKeyReused, OnceDep
from data_api.access.rate_limits import Limited, TooManyRequests, changes, count_one
from data_api.kit.database import SessionDep
from data_api.kit.errors import StaleVersion
from data_api.queries.errors import QueryNotFound, TooManyQueries
from data_api.queries.repository import QueryRepository
from data_api.queries.service import QueryService
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(
    prefix="/queries",
    tags=["SQL lab"],
    route_class=Route,
    dependencies=[Depends(permitted(Permission.SQL_RUN))],
    responses=documented(NotSignedIn, NotPermitted, InvalidInput, TooManyRequests),
)
QueryId = Annotated[int, Path(ge=1, le=MAX_ID)]


async def _service(session: SessionDep, actor: ActorDep) -> QueryService:
    return QueryService(actor, QueryRepository(session, actor.person_id))


ServiceDep = Annotated[QueryService, Depends(_service, scope="function")]


@router.get("")
def list_queries(
    query: Annotated[SavedQueryQuery, Query()], service: ServiceDep, actor: ActorDep, request: Request
) -> Page[SavedQueryBrief]:
    """My saved queries and those that others share, by name and without their texts. `q` finds the beginnings of words
    of the name."""
    if query.q:
        count_one(Limited.SEARCH, request, actor)
    return service.page(query)


@router.post("", status_code=201, dependencies=[changes], responses=documented(TooManyQueries, IdempotencyKeyReused))
def save_query(new: SavedQueryCreate, service: ServiceDep, once: OnceDep) -> SavedQueryRead:
    """Save a query. A copy of one that somebody shares is saved in the same way."""
    return once(lambda: service.save(new), service.read)


# Before `/{query_id}`, which would take "history" for a number.
@router.get("/history")
def list_runs(query: Annotated[PageQuery, Query()], service: ServiceDep) -> Page[QueryRunRead]:
    """What I ran, the latest first. Nobody else reads it."""
    return service.runs(query)


@router.post("/history", status_code=201, dependencies=[changes], responses=documented(IdempotencyKeyReused))
def add_run(new: QueryRunCreate, service: ServiceDep, once: OnceDep) -> QueryRunRead:
    """Add what I ran to my history. It keeps the latest 200 lines, and forgets older ones when their texts together are
    longer than a million characters."""
    return once(lambda: service.add_run(new), service.run)


@router.delete("/history", status_code=204, dependencies=[changes])
def clear_runs(service: ServiceDep) -> None:
    """Clear my history."""
    service.clear_runs()


@router.get("/{query_id}", responses=documented(QueryNotFound))
def read_query(query_id: QueryId, service: ServiceDep) -> SavedQueryRead:
    """One of my queries, or one that somebody shares."""
    return service.read(query_id)


@router.patch("/{query_id}", dependencies=[changes], responses=documented(QueryNotFound, StaleVersion))
def change_query(query_id: QueryId, update: SavedQueryUpdate, service: ServiceDep) -> SavedQueryRead:
    """Change a query of one's own."""
    return service.change(query_id, update)


@router.delete("/{query_id}", status_code=204, dependencies=[changes], responses=documented(QueryNotFound))
def delete_query(query_id: QueryId, service: ServiceDep) -> None:
    """Delete a query of one's own; whoever may manage the lists deletes also what others share."""
    service.delete(query_id)
