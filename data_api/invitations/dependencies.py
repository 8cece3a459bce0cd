"""What the use of a link needs before its transaction begins: the password is hashed while no connection is held."""

from typing import Annotated, NamedTuple

from fastapi import Depends
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session

from contracts.invitations import InvitationRedeem
from data_api.credentials.passwords import hash_of
from data_api.credentials.repository import CredentialRepository
from data_api.invitations.repository import InvitationRepository
from data_api.invitations.service import InvitationService, Redeemable
from data_api.kit.database import Database, DatabaseDep
from data_api.kit.settings import SettingsDep
from data_api.people.repository import PersonRepository
from data_api.sessions.repository import SessionRepository
from service_kit.settings import Settings


class HashedWish(NamedTuple):
    wish: Redeemable
    password_hash: str


def invitation_service(session: Session, settings: Settings) -> InvitationService:
    return InvitationService(
        InvitationRepository(session),
        CredentialRepository(session),
        PersonRepository(session),
        SessionRepository(session),
        settings,
    )


async def _hashed_wish(wish: InvitationRedeem, database: DatabaseDep, settings: SettingsDep) -> HashedWish:
    """Whoever has no valid link costs no hash."""
    async with database.at_once:
        checked = await run_in_threadpool(_check, wish, database, settings)
    return HashedWish(checked, await hash_of(wish.password))


def _check(wish: InvitationRedeem, database: Database, settings: Settings) -> Redeemable:
    with Session(database.autocommit) as session:
        return invitation_service(session, settings).check_wish(wish)


HashedWishDep = Annotated[HashedWish, Depends(_hashed_wish)]
