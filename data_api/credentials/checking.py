"""Checks a username and a password, at the same cost and with the same answer whether or not the username exists."""

from dataclasses import dataclass, field

from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session

from contracts.base import name_key
from data_api.access.wrong_passwords import WrongPasswords
from data_api.credentials.errors import WrongPassword
from data_api.credentials.passwords import NOBODYS_HASH, is_password
from data_api.credentials.repository import CredentialRepository
from data_api.kit.database import Database
from data_api.models import Credential


@dataclass(frozen=True)
class Checked:
    """Whose password was checked, and the hash that it was checked against."""

    person_id: int
    password_hash: str = field(repr=False)


async def check_password(
    username: str, password: str, *, database: Database, wrong_passwords: WrongPasswords, address: str
) -> Checked:
    """Raises TooManyRequests, TooManySignIns and WrongPassword. Holds no connection to the database while the password
    is being checked, because others need it meanwhile."""
    key = name_key(username)
    wrong_passwords.begin_try(key, address)
    async with database.at_once:
        found = await run_in_threadpool(_find, database, key)
    is_right = await is_password(password, found.password_hash if found else NOBODYS_HASH)
    if found is None or not is_right:
        raise WrongPassword
    wrong_passwords.was_right(key, address)
    return Checked(found.person_id, found.password_hash)


async def check_own_password(
    own: Credential, password: str, *, wrong_passwords: WrongPasswords, address: str
) -> Checked:
    """The same for somebody who is signed in."""
    wrong_passwords.begin_try(own.username_key, address)
    if not await is_password(password, own.password_hash):
        raise WrongPassword
    wrong_passwords.was_right(own.username_key, address)
    return Checked(own.person_id, own.password_hash)


def _find(database: Database, username_key: str) -> Credential | None:
    with Session(database.autocommit, expire_on_commit=False) as session:
        return CredentialRepository(session).find(username_key)
