"""Checks a username and a password, at the same cost and with the same answer whether or not the username exists."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session

from contracts.base import name_key
from data_api.access.wrong_passwords import WrongPasswords
from data_api.credentials.errors import TooManySignIns, WrongPassword
from data_api.credentials.passwords import NOBODYS_HASH, hash_of, is_outdated, is_password
from data_api.credentials.repository import CredentialRepository
from data_api.kit.database import Database
from data_api.models import Credential


@dataclass(frozen=True)
class Checked:
    """Whose password was checked, and since when they have had it."""

    person_id: int
    changed_at: datetime


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
    if is_outdated(found.password_hash):
        await _renew_hash(found, password, database)
    return Checked(found.person_id, found.changed_at)


async def check_own_password(
    own: Credential, password: str, *, wrong_passwords: WrongPasswords, address: str
) -> Checked:
    """The same for somebody who is signed in."""
    wrong_passwords.begin_try(own.username_key, address)
    if not await is_password(password, own.password_hash):
        raise WrongPassword
    wrong_passwords.was_right(own.username_key, address)
    return Checked(own.person_id, own.changed_at)


async def _renew_hash(own: Credential, password: str, database: Database) -> None:
    """Only now is the password known. While many sign in, this is left to the next sign-in."""
    with suppress(TooManySignIns):
        new_hash = await hash_of(password)
        async with database.at_once:
            await run_in_threadpool(_renew, database, own, new_hash)


def _renew(database: Database, own: Credential, new_hash: str) -> None:
    with Session(database.autocommit) as session:
        CredentialRepository(session).renew_hash(own.person_id, own.password_hash, new_hash)


def _find(database: Database, username_key: str) -> Credential | None:
    with Session(database.autocommit, expire_on_commit=False) as session:
        return CredentialRepository(session).find(username_key)
