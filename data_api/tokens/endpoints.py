"""The routes of API tokens: one's own, and those of the people whom one manages."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from contracts.base import Id
from contracts.pages import Page, PageQuery
from contracts.people import Permission
from contracts.tokens import TokenCreate, TokenMade, TokenRead
from data_api.access.actor import ActorDep, no_api_tokens, permitted
from data_api.access.idempotency import OnceDep
from data_api.access.rate_limits import TooManyRequests, changes
from data_api.kit.database import SessionDep
from data_api.kit.errors import NotFound
from data_api.people.repository import PersonRepository
from data_api.tokens.errors import TooManyTokens
from data_api.tokens.repository import TokenRepository
from data_api.tokens.service import TokenService
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(
    tags=["API tokens"],
    route_class=Route,
    dependencies=[no_api_tokens],
    responses=documented(NotSignedIn, NotPermitted, InvalidInput),
)
manages = Depends(permitted(Permission.PEOPLE_MANAGE))


async def _service(session: SessionDep, actor: ActorDep) -> TokenService:
    return TokenService(actor, TokenRepository(session), PersonRepository(session))


ServiceDep = Annotated[TokenService, Depends(_service, scope="function")]
QueryDep = Annotated[PageQuery, Query()]


@router.get("/me/tokens")
def list_tokens(query: QueryDep, service: ServiceDep) -> Page[TokenRead]:
    """One's own API tokens that are valid, the latest first."""
    return service.page(query)


@router.post(
    "/me/tokens",
    status_code=201,
    dependencies=[changes],
    responses=documented(TooManyTokens, TooManyRequests),
)
def make_token(new: TokenCreate, service: ServiceDep, once: OnceDep) -> TokenMade:
    """Make an API token with some of one's own permissions. It is returned only this once."""
    return once(lambda: service.make(new), service.make_again)


@router.delete(
    "/me/tokens/{token_id}", status_code=204, dependencies=[changes], responses=documented(NotFound, TooManyRequests)
)
def revoke_token(token_id: Id, service: ServiceDep) -> None:
    service.revoke(token_id)


@router.get("/people/{person_id}/tokens", dependencies=[manages], responses=documented(NotFound))
def list_tokens_of(person_id: Id, query: QueryDep, service: ServiceDep) -> Page[TokenRead]:
    """The valid API tokens of somebody who may not do more than oneself."""
    return service.page_of(person_id, query)


@router.delete(
    "/people/{person_id}/tokens/{token_id}",
    status_code=204,
    dependencies=[manages, changes],
    responses=documented(NotFound, TooManyRequests),
)
def revoke_token_of(person_id: Id, token_id: Id, service: ServiceDep) -> None:
    service.revoke_of(person_id, token_id)
