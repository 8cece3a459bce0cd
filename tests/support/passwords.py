"""People who sign in with a password, on a desk where nobody enters by choosing a role."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from contracts.base import name_key
from contracts.people import Role
from data_api.credentials.passwords import hash_at_once
from data_api.models import Credential
from tests.support import rows
from tests.support.api import Api, Visitor, done, running_api

PASSWORD = "eleven brave herons"
OTHER = "twelve silent lanterns"


class PasswordApi(Api):
    """A client of a desk with passwords, on which `enter` signs in a person of this name and role, who is added if
    there is none, with their password."""

    def enter(self, role: Role | str, name: str | None = None) -> Visitor:
        username = f"{name or 'Nameless'} {role}"
        if not self.sql("SELECT 1 FROM credential WHERE username_key = %s", name_key(username)):
            add_password(self, rows.person(self, name or str(role), str(role)), username)
        return self.sign_in(username, PASSWORD)


@contextmanager
def password_desk(database_url: str, **settings: str) -> Iterator[PasswordApi]:
    with (
        running_api(database_url, LODGE_SIGN_IN="password", **settings) as api,
        PasswordApi(api.url, database_url) as desk,
    ):
        yield desk


@cache
def _hash_of(password: str) -> str:
    return hash_at_once(password)


def add_person(api: rows.Database, username: str, *roles: str, password: str = PASSWORD) -> int:
    """Adds a person of this username, whose name it is too."""
    number = rows.person(api, username, *roles)
    add_password(api, number, username, password)
    return number


def add_password(api: rows.Database, person_id: int, username: str, password: str = PASSWORD) -> None:
    credential = {"username": username, "username_key": name_key(username), "password_hash": _hash_of(password)}
    rows.add(api, Credential, [{"person_id": person_id, **credential}])


def signed_in(api: Api, username: str, *roles: str) -> Visitor:
    """Adds a person and signs them in."""
    add_person(api, username, *roles)
    return api.sign_in(username, PASSWORD)


def make_token(visitor: Visitor, *permissions: str, **fields: Any) -> dict[str, Any]:
    wish = {"name": "A script", "permissions": list(permissions), **fields}
    return done(visitor.post("/me/tokens", json=wish), 201)
