"""The routes of links to choose a password. The link's secret is sent in bodies only, never in an address, which logs
and histories keep."""

from typing import Annotated

from fastapi import APIRouter, Depends

from contracts.base import Id
from contracts.invitations import (
    InvitationCheck,
    InvitationMade,
    InvitationRedeemed,
    InvitationsCreate,
    InvitationShown,
    InvitationsMade,
)
from contracts.people import Permission
from data_api.access.actor import ActorDep, no_api_tokens, permitted
from data_api.access.idempotency import OnceDep
from data_api.access.rate_limits import TooManyRequests, changes, limit_redeeming
from data_api.credentials.errors import TooManySignIns, UsernameTaken
from data_api.invitations.dependencies import HashedWishDep, invitation_service
from data_api.invitations.errors import IsDeactivated, LinkNotValid
from data_api.invitations.service import InvitationService
from data_api.kit.database import SessionDep
from data_api.kit.errors import NotFound
from data_api.kit.settings import SettingsDep
from data_api.sessions.dependencies import password_sign_in
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(tags=["invitations"], route_class=Route)
manages = Depends(permitted(Permission.PEOPLE_MANAGE))
with_passwords = Depends(password_sign_in)


async def _service(session: SessionDep, settings: SettingsDep) -> InvitationService:
    return invitation_service(session, settings)


ServiceDep = Annotated[InvitationService, Depends(_service, scope="function")]


@router.post(
    "/people/{person_id}/invitation",
    status_code=201,
    dependencies=[no_api_tokens, manages, with_passwords, changes],
    responses=documented(NotSignedIn, NotPermitted, NotFound, InvalidInput, IsDeactivated, TooManyRequests),
)
def invite(person_id: Id, actor: ActorDep, service: ServiceDep, once: OnceDep) -> InvitationMade:
    """Make a link with which this person chooses a password. It is returned only this once, and ends earlier ones."""

    def make(_: object = None) -> InvitationMade:
        return service.make_for(actor, [person_id])[0]

    return once(make, make)


@router.post(
    "/people/invitations",
    status_code=201,
    dependencies=[no_api_tokens, manages, with_passwords, changes],
    responses=documented(NotSignedIn, NotPermitted, NotFound, InvalidInput, IsDeactivated, TooManyRequests),
)
def invite_several(wish: InvitationsCreate, actor: ActorDep, service: ServiceDep, once: OnceDep) -> InvitationsMade:
    """Make such links for up to 200 people, for all or for none."""

    def make(_: object = None) -> InvitationsMade:
        return InvitationsMade(items=service.make_for(actor, wish.people))

    return once(make, make, lambda made: made.items[-1].id)


@router.post(
    "/invitations/check",
    dependencies=[with_passwords, Depends(limit_redeeming)],
    responses=documented(LinkNotValid, NotPermitted, InvalidInput, TooManyRequests),
)
def check(wish: InvitationCheck, service: ServiceDep) -> InvitationShown:
    """Ask whom a link is for, and whether it is still valid."""
    return service.check(wish)


@router.post(
    "/invitations/redeem",
    dependencies=[with_passwords, Depends(limit_redeeming)],
    responses=documented(LinkNotValid, UsernameTaken, NotPermitted, InvalidInput, TooManyRequests, TooManySignIns),
)
def redeem(hashed: HashedWishDep, service: ServiceDep) -> InvitationRedeemed:
    """Choose a password with a link, which then works no more. Sign in with it afterwards."""
    return service.redeem(hashed.wish, hashed.password_hash)
