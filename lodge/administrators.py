"""`lodge admin`: makes administrators, and links with which people choose a password."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from contracts.base import Name, NewPassword, Username, name_key
from contracts.errors import reason
from contracts.invitations import InvitationMade
from contracts.people import Role
from data_api.credentials.errors import UsernameTaken
from data_api.credentials.passwords import hash_at_once
from data_api.credentials.repository import CredentialRepository
from data_api.credentials.rules import check_new_password
from data_api.invitations.dependencies import invitation_service
from data_api.kit.database import make_engine
from data_api.people.repository import PersonRepository
from data_api.sessions.repository import SessionRepository
from lodge.errors import LodgeError
from service_kit.errors import LodgeError as Refusal
from service_kit.settings import Settings

_USERNAME, _NAME, _PASSWORD = TypeAdapter(Username), TypeAdapter(Name), TypeAdapter(NewPassword)


def username_of(typed: str) -> str:
    """Raises LodgeError for what cannot be a username."""
    return _checked(_USERNAME, typed, "The username")


def name_of(typed: str) -> str:
    """Raises LodgeError for what cannot be a name."""
    return _checked(_NAME, typed, "The name")


def new_password() -> str:
    """Asks for a new password on the terminal, twice and unseen; otherwise reads the first line of standard input. An
    argument would be seen in the list of processes. Raises LodgeError."""
    if sys.stdin.isatty():
        typed = str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    else:
        typed = sys.stdin.readline().rstrip("\r\n")
    return _checked(_PASSWORD, typed, "The password")


def _checked(type_: TypeAdapter[str], typed: str, what: str) -> str:
    try:
        return type_.validate_python(typed)
    except ValidationError as error:
        raise LodgeError(f"{what}: {reason(error.errors()[0]['msg'])}.") from None


def has_administrator(database_url: str) -> bool:
    """Whether an administrator can sign in with a password."""
    with _session(database_url) as session:
        return CredentialRepository(session).has_one_with_role([Role.ADMIN])


def say_how_to_begin(database_url: str, say: Callable[[str], object]) -> None:
    """Says what to type while no administrator can sign in with a password."""
    if not has_administrator(database_url):
        say("Nobody can sign in as an administrator yet. Type: lodge admin create --username NAME")


def make_administrator(database_url: str, username: str, password: str, name: str) -> bool:
    """Makes a person of this name who is an administrator and signs in with this username and password. Somebody who
    has the username already becomes an administrator, gets the password, and has to sign in again. Returns whether the
    person is new. Raises LodgeError."""
    with _session(database_url) as session:
        credentials, people = CredentialRepository(session), PersonRepository(session)
        check_new_password(password, username, "The password")
        own = credentials.find(name_key(username))
        if own is None and credentials.is_taken(name_key(username)):
            raise UsernameTaken(username)
        if own is None:
            person = people.add(name=name, roles=[Role.ADMIN.value])
            credentials.add(person.id, username, name_key(username), hash_at_once(password))
            return True
        known = people.find(own.person_id)
        if known is not None and Role.ADMIN not in known.roles:
            known.roles = [*known.roles, Role.ADMIN]
        credentials.change_password(own.person_id, hash_at_once(password))
        SessionRepository(session).end_sign_ins(own.person_id)
        return False


def make_link(database_url: str, settings: Settings, *, username: str | None, person_id: int | None) -> InvitationMade:
    """Makes a link for the person of this username or this number. Raises LodgeError when there is none."""
    with _session(database_url) as session:
        if username is not None:
            own = CredentialRepository(session).find(name_key(username))
            person_id = own.person_id if own else None
        person = PersonRepository(session).find(person_id) if person_id is not None else None
        if person is None:
            raise LodgeError(f"There is no person with the {'username' if username else 'number'} you named.")
        return invitation_service(session, settings).make([person])[0]


@contextmanager
def _session(database_url: str) -> Iterator[Session]:
    """A session in one transaction. What the data API refuses becomes a sentence on the terminal."""
    engine = make_engine(database_url, connections=2)
    try:
        with Session(engine, autoflush=False, expire_on_commit=False) as session, session.begin():
            yield session
    except Refusal as refused:
        raise LodgeError(refused.detail) from refused
    finally:
        engine.dispose()
