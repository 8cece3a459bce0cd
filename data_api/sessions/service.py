"""Entering by choosing a role. The token is random, kept only as a hash, expires and can be revoked."""

import secrets
from datetime import UTC, datetime, timedelta

from contracts.base import name_key
from contracts.desk import SignIn
from contracts.people import Me, PersonRead, Role, Unread
from contracts.sessions import SessionCreate, SessionRead
from data_api.access.actor import Actor, token_hash
from data_api.models import Person
from data_api.sessions.repository import SessionRepository
from service_kit.errors import NotPermitted
from service_kit.settings import Settings

NAMELESS = {
    Role.STUDENT: "Student",
    Role.AGENT: "Helpdesk",
    Role.MANAGER: "Manager",
    Role.ADMIN: "Administrator",
    Role.ANALYST: "Data team",
}


class SessionService:
    def __init__(self, repository: SessionRepository, settings: Settings) -> None:
        self.repository = repository
        self.settings = settings

    def enter(self, wish: SessionCreate) -> SessionRead:
        """Signs in the person with this name and role. Without a name, that is the one person whom everybody of the
        role shares. Raises NotPermitted if nobody can enter by choosing a role."""
        if SignIn.CHOICE not in self.settings.ways_in:
            raise NotPermitted("This desk does not let people in by choosing a role; sign in instead.")
        name = " ".join(wish.name.split()) if wish.name else NAMELESS[wish.role]
        key = f"{wish.role}:{name_key(name)}" if wish.name else wish.role.value
        return self._sign_in(self.repository.find_or_add_person(key, name, wish.role), SignIn.CHOICE)

    def leave(self, actor: Actor) -> None:
        self.repository.revoke(actor.session_id)

    def unread(self, actor: Actor) -> Unread:
        tickets, confirmed = self.repository.unread(actor)
        return Unread(tickets=tickets, confirmed=confirmed)

    def _sign_in(self, person: Person, by: SignIn) -> SessionRead:
        token = secrets.token_urlsafe(32)
        expires_at = datetime.now(UTC) + timedelta(days=self.settings.session_days)
        self.repository.add_token(person, token_hash(token), expires_at, by)
        return SessionRead(token=token, expires_at=expires_at, person=person_read(person))


def person_read(person: Person) -> PersonRead:
    return PersonRead(id=person.id, name=person.name, roles=[Role(role) for role in person.roles])


def me(actor: Actor) -> Me:
    roles = sorted(actor.roles, key=list(Role).index)
    return Me(
        person=PersonRead(id=actor.person_id, name=actor.name, roles=roles),
        roles=roles,
        permissions=sorted(actor.permissions),
        expires_at=actor.expires_at,
    )
