"""Signing in and out. The token is random, kept only as a hash, expires and can be revoked."""

import secrets
from datetime import UTC, datetime, timedelta

from contracts.base import name_key
from contracts.desk import SignIn
from contracts.pages import Page, PageQuery
from contracts.people import Me, PersonRead, Role, Unread
from contracts.sessions import HandOffRead, HandOffRedeem, SessionCreate, SessionRead, SignInRead
from data_api.access.actor import Actor, token_hash
from data_api.credentials.checking import Checked
from data_api.credentials.errors import WrongPassword
from data_api.credentials.repository import CredentialRepository
from data_api.kit.errors import ChangedMeanwhile, NotFound
from data_api.kit.paging import read_cursor, write_cursor
from data_api.models import Person
from data_api.sessions.errors import CodeNotValid, IsCurrentSignIn
from data_api.sessions.repository import SessionRepository
from service_kit.errors import NotPermitted
from service_kit.settings import Settings

CURSOR = "sign-ins"
HAND_OFF_SECONDS = 30
NAMELESS = {
    Role.STUDENT: "Student",
    Role.AGENT: "Helpdesk",
    Role.MANAGER: "Manager",
    Role.ADMIN: "Administrator",
    Role.ANALYST: "Data team",
}


class SessionService:
    def __init__(
        self, repository: SessionRepository, credentials: CredentialRepository, settings: Settings, browser: str | None
    ) -> None:
        """`browser` says roughly which one the request came from."""
        self.repository = repository
        self.credentials = credentials
        self.settings = settings
        self.browser = browser

    def enter(self, wish: SessionCreate) -> SessionRead:
        """Signs in the person with this name and role. Without a name, that is the one person whom everybody of the
        role shares. Raises NotPermitted if nobody can sign in by choosing a role, or the person was deactivated."""
        if SignIn.CHOICE not in self.settings.ways_in or wish.role is None:
            raise NotPermitted("This desk does not let people in by choosing a role; sign in instead.")
        name = " ".join(wish.name.split()) if wish.name else NAMELESS[wish.role]
        key = f"{wish.role}:{name_key(name)}" if wish.name else wish.role.value
        return self.start(self.repository.find_or_add_person(key, name, wish.role), SignIn.CHOICE)

    def sign_in(self, checked: Checked) -> SessionRead:
        """Signs in whoever's password was checked. Raises WrongPassword when it was changed meanwhile."""
        return self.start(self._still_valid(checked), SignIn.PASSWORD)

    def hand_off(self, checked: Checked, browser: str) -> HandOffRead:
        """Makes a code with which the browser of this mark fetches the token. Raises WrongPassword as above."""
        person, code = self._still_valid(checked), secrets.token_urlsafe(32)
        expires_at = datetime.now(UTC) + timedelta(seconds=HAND_OFF_SECONDS)
        self.repository.add_hand_off(person.id, token_hash(code), browser, expires_at)
        return HandOffRead(code=code, expires_at=expires_at)

    def redeem(self, wish: HandOffRedeem) -> SessionRead:
        """Raises CodeNotValid."""
        person = self.repository.use_hand_off(token_hash(wish.code), wish.browser)
        if person is None:
            raise CodeNotValid
        return self.start(person, SignIn.PASSWORD)

    def leave(self, actor: Actor) -> None:
        self.repository.revoke(actor.session_id)

    def sign_ins(self, actor: Actor, query: PageQuery) -> Page[SignInRead]:
        after = read_cursor(CURSOR, query.cursor, (int,)) if query.cursor else []
        found = self.repository.sign_ins(actor.person_id, after, query.limit)
        shown = found[: query.limit]
        return Page[SignInRead](
            items=[
                SignInRead(
                    id=one.id,
                    created_at=one.created_at,
                    expires_at=one.expires_at,
                    last_used_at=used_at,
                    browser=one.browser,
                    is_current=one.id == actor.session_id,
                )
                for one, used_at in shown
            ],
            next_cursor=write_cursor(CURSOR, [shown[-1][0].id]) if len(found) > query.limit else None,
        )

    def end_sign_in(self, actor: Actor, session_id: int) -> None:
        """Ends another of one's own sign-ins. Raises NotFound, IsCurrentSignIn."""
        if session_id == actor.session_id:
            raise IsCurrentSignIn
        if not self.repository.end_sign_in(actor.person_id, session_id):
            raise NotFound(f"You have no sign-in {session_id}.")

    def end_other_sign_ins(self, actor: Actor) -> None:
        self.repository.end_sign_ins(actor.person_id, but=actor.session_id)

    def change_password(self, actor: Actor, checked: Checked, new_hash: str) -> None:
        """Ends all other sign-ins of the person. Raises ChangedMeanwhile when the password was changed meanwhile."""
        if not self.credentials.is_still(checked.person_id, checked.changed_at):
            raise ChangedMeanwhile
        self.credentials.change_password(actor.person_id, new_hash)
        self.repository.end_sign_ins(actor.person_id, but=actor.session_id)

    def forget_password(self, person_id: int) -> None:
        """Ends the person's password and all their sign-ins. API tokens stay."""
        self.credentials.delete(person_id)
        self.repository.end_sign_ins(person_id)

    def unread(self, actor: Actor) -> Unread:
        ids, confirmed, mentions = self.repository.unread(actor)
        return Unread(tickets=len(ids or []), confirmed=confirmed, ticket_ids=ids or [], mentions=mentions)

    def start(self, person: Person, by: SignIn) -> SessionRead:
        """Makes a token for somebody who has proved who they are. Raises NotPermitted if they were deactivated."""
        if person.deactivated_at is not None:
            raise NotPermitted(f"{person.name} was deactivated and cannot sign in; ask an administrator.")
        token = secrets.token_urlsafe(32)
        expires_at = datetime.now(UTC) + timedelta(days=self.settings.session_days)
        self.repository.add_token(person, token_hash(token), expires_at, by, self.browser)
        return SessionRead(token=token, expires_at=expires_at, person=person_read(person))

    def _still_valid(self, checked: Checked) -> Person:
        person = self.repository.find_person(checked.person_id)
        if person is None or not self.credentials.is_still(checked.person_id, checked.changed_at):
            raise WrongPassword
        return person


def person_read(person: Person) -> PersonRead:
    return PersonRead(id=person.id, name=person.name, roles=person.roles)


def me(actor: Actor) -> Me:
    return Me(
        person=PersonRead(id=actor.person_id, name=actor.name, roles=list(actor.roles)),
        roles=list(actor.roles),
        role_names=list(actor.role_names),
        permissions=sorted(actor.permissions),
        expires_at=actor.expires_at,
    )
