"""What a sign-in needs before its transaction begins: a password is checked while no connection is held."""

from typing import Annotated, NamedTuple

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from contracts.desk import SignIn
from contracts.sessions import HandOffCreate, PasswordChange, SessionCreate
from data_api.access.actor import ActorDep
from data_api.access.wrong_passwords import AddressDep, WrongPasswordsDep
from data_api.credentials.checking import Checked, check_own_password, check_password
from data_api.credentials.errors import NoPassword, WrongPassword
from data_api.credentials.passwords import hash_of
from data_api.credentials.repository import CredentialRepository
from data_api.credentials.rules import check_new_password
from data_api.kit.database import DatabaseDep, SessionDep
from data_api.kit.settings import SettingsDep
from data_api.sessions.browsers import browser_of
from service_kit.errors import InvalidInput, NotPermitted


class NewPasswordOf(NamedTuple):
    checked: Checked
    new_hash: str


async def password_sign_in(settings: SettingsDep) -> None:
    """Raises NotPermitted where nobody signs in with a password."""
    if SignIn.PASSWORD not in settings.ways_in:
        raise NotPermitted("Nobody signs in to this desk with a password.")


async def _checked_session(
    wish: SessionCreate,
    settings: SettingsDep,
    database: DatabaseDep,
    wrong_passwords: WrongPasswordsDep,
    address: AddressDep,
) -> Checked | SessionCreate:
    """Returns whose password was checked; the request itself if it names a role instead."""
    if wish.username is None or wish.password is None:
        return wish
    await password_sign_in(settings)
    return await check_password(
        wish.username, wish.password, database=database, wrong_passwords=wrong_passwords, address=address
    )


async def _checked_hand_off(
    wish: HandOffCreate, database: DatabaseDep, wrong_passwords: WrongPasswordsDep, address: AddressDep
) -> tuple[Checked, str]:
    """Returns whose password was checked, and the mark of the browser."""
    checked = await check_password(
        wish.username, wish.password, database=database, wrong_passwords=wrong_passwords, address=address
    )
    return checked, wish.browser


async def _checked_change(
    wish: PasswordChange,
    actor: ActorDep,
    session: SessionDep,
    wrong_passwords: WrongPasswordsDep,
    address: AddressDep,
) -> NewPasswordOf:
    """This one holds the connection on which the actor was found; people change their passwords rarely. Answers 422 and
    not 401 for a wrong password, because the token that came with it is valid."""
    own = await run_in_threadpool(CredentialRepository(session).of_person, actor.person_id)
    if own is None:
        raise NoPassword
    check_new_password(wish.new, own.username, "body.new")
    try:
        checked = await check_own_password(own, wish.old, wrong_passwords=wrong_passwords, address=address)
    except WrongPassword:
        raise InvalidInput.in_field("body.old", "is not your password") from None
    return NewPasswordOf(checked, await hash_of(wish.new))


async def _browser(request: Request) -> str | None:
    return browser_of(request.headers.get("user-agent", ""))


CheckedSessionDep = Annotated[Checked | SessionCreate, Depends(_checked_session)]
CheckedHandOffDep = Annotated[tuple[Checked, str], Depends(_checked_hand_off)]
CheckedChangeDep = Annotated[NewPasswordOf, Depends(_checked_change, scope="function")]
BrowserDep = Annotated[str | None, Depends(_browser)]
