"""The routes of signing in and out, and of one's own sign-ins and password."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from contracts.base import Id
from contracts.pages import Page, PageQuery
from contracts.people import Me, Unread
from contracts.sessions import HandOffRead, HandOffRedeem, SessionRead, SignInRead
from data_api.access.actor import ActorDep, no_api_tokens
from data_api.access.rate_limits import TooManyRequests, changes, limit_redeeming, limit_sign_in
from data_api.credentials.checking import Checked
from data_api.credentials.errors import NoPassword, TooManySignIns, WrongPassword
from data_api.credentials.repository import CredentialRepository
from data_api.kit.database import SessionDep
from data_api.kit.errors import NotFound
from data_api.kit.settings import SettingsDep
from data_api.sessions import service as sessions
from data_api.sessions.dependencies import (
    BrowserDep,
    CheckedChangeDep,
    CheckedHandOffDep,
    CheckedSessionDep,
    password_sign_in,
)
from data_api.sessions.errors import CodeNotValid, IsCurrentSignIn
from data_api.sessions.repository import SessionRepository
from data_api.sessions.service import SessionService
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(route_class=Route, tags=["sessions"])


async def _service(session: SessionDep, settings: SettingsDep, browser: BrowserDep) -> SessionService:
    return SessionService(SessionRepository(session), CredentialRepository(session), settings, browser)


ServiceDep = Annotated[SessionService, Depends(_service, scope="function")]


# Dependencies are solved in their order: the password is checked before the service takes a connection.
@router.post(
    "/sessions",
    status_code=201,
    dependencies=[Depends(limit_sign_in)],
    responses=documented(WrongPassword, NotPermitted, InvalidInput, TooManyRequests, TooManySignIns),
)
def enter(checked: CheckedSessionDep, service: ServiceDep) -> SessionRead:
    """Sign in with a username and a password, or by choosing a role. The token is returned only this once."""
    return service.sign_in(checked) if isinstance(checked, Checked) else service.enter(checked)


@router.post(
    "/sessions/hand-off",
    status_code=201,
    dependencies=[Depends(limit_sign_in), Depends(password_sign_in)],
    responses=documented(WrongPassword, NotPermitted, InvalidInput, TooManyRequests, TooManySignIns),
)
def hand_off(checked: CheckedHandOffDep, service: ServiceDep) -> HandOffRead:
    """Sign in for a browser, which then fetches the token itself with the code."""
    return service.hand_off(*checked)


@router.post(
    "/sessions/redeem",
    status_code=201,
    dependencies=[Depends(limit_redeeming)],
    responses=documented(CodeNotValid, InvalidInput, TooManyRequests),
)
def redeem(wish: HandOffRedeem, service: ServiceDep) -> SessionRead:
    """Exchange the code of a hand-off for a token. It works once."""
    return service.redeem(wish)


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


@router.put(
    "/me/password",
    status_code=204,
    dependencies=[no_api_tokens, changes],
    responses=documented(NotSignedIn, NotPermitted, NoPassword, InvalidInput, TooManyRequests, TooManySignIns),
)
def change_password(actor: ActorDep, change: CheckedChangeDep, service: ServiceDep) -> None:
    """Change one's own password. It ends all other sign-ins; API tokens stay."""
    service.change_password(actor, change.checked, change.new_hash)


@router.get("/me/sessions", dependencies=[no_api_tokens], responses=documented(NotSignedIn, NotPermitted, InvalidInput))
def list_sign_ins(query: Annotated[PageQuery, Query()], actor: ActorDep, service: ServiceDep) -> Page[SignInRead]:
    """One's own sign-ins that are valid, the latest first."""
    return service.sign_ins(actor, query)


@router.delete(
    "/me/sessions",
    status_code=204,
    dependencies=[no_api_tokens, changes],
    responses=documented(NotSignedIn, NotPermitted, TooManyRequests),
)
def end_other_sign_ins(actor: ActorDep, service: ServiceDep) -> None:
    """End all of one's own sign-ins but the one that this request comes with. API tokens stay."""
    service.end_other_sign_ins(actor)


@router.delete(
    "/me/sessions/{session_id}",
    status_code=204,
    dependencies=[no_api_tokens, changes],
    responses=documented(NotSignedIn, NotPermitted, NotFound, IsCurrentSignIn, InvalidInput, TooManyRequests),
)
def end_sign_in(session_id: Id, actor: ActorDep, service: ServiceDep) -> None:
    """End another of one's own sign-ins, such as one on a browser that was lost."""
    service.end_sign_in(actor, session_id)
