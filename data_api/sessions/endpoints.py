"""The routes of signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Depends

from contracts.people import Me, Unread
from contracts.sessions import SessionCreate, SessionRead
from data_api.access.actor import ActorDep
from data_api.access.rate_limits import TooManyRequests, limit_sign_in
from data_api.kit.database import SessionDep
from data_api.kit.settings import SettingsDep
from data_api.sessions import service as sessions
from data_api.sessions.repository import SessionRepository
from data_api.sessions.service import SessionService
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(route_class=Route, tags=["sessions"])


async def _service(session: SessionDep, settings: SettingsDep) -> SessionService:
    return SessionService(SessionRepository(session), settings)


ServiceDep = Annotated[SessionService, Depends(_service, scope="function")]


@router.post(
    "/sessions",
    status_code=201,
    dependencies=[Depends(limit_sign_in)],
    responses=documented(NotPermitted, InvalidInput, TooManyRequests),
)
def enter(wish: SessionCreate, service: ServiceDep) -> SessionRead:
    """Sign in by choosing a role. The token is returned only this once."""
    return service.enter(wish)


@router.delete("/sessions/current", status_code=204, responses=documented(NotSignedIn))
def leave(actor: ActorDep, service: ServiceDep) -> None:
    """Revoke the token and end its live streams."""
    service.leave(actor)


@router.get("/me", responses=documented(NotSignedIn))
async def read_me(actor: ActorDep) -> Me:
    return sessions.me(actor)


@router.get("/me/unread", responses=documented(NotSignedIn))
def read_unread(actor: ActorDep, service: ServiceDep) -> Unread:
    """How many of my tickets have something new."""
    return service.unread(actor)
