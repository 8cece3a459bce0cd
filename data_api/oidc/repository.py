"""Queries on sign-ins through the identity provider, and on the people who come from there."""

from collections.abc import Collection

from sqlalchemy import and_, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data_api.access.roles import RoleTable
from data_api.access.turns import take_turn
from data_api.models import OidcSession, OidcStart, Person, PersonIdentity, SessionToken, Team


class OidcRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    # -- the way there and back -------------------------------------------------------------------------------------

    def add_start(self, start: OidcStart) -> None:
        self.session.add(start)
        self.session.flush()

    def use_start(self, state_hash: bytes, browser: str) -> OidcStart | None:
        """Returns what this browser began, which cannot be used again. None if it did not, or too long ago."""
        mine = and_(OidcStart.state_hash == state_hash, OidcStart.browser == browser, OidcStart.expires_at > func.now())
        return self.session.scalar(delete(OidcStart).where(mine).returning(OidcStart))

    def keep_id_token(self, session_hash: bytes, id_token: str) -> None:
        own = select(SessionToken.id, literal(id_token)).where(SessionToken.token_hash == session_hash)
        self.session.execute(insert(OidcSession).from_select(["session_id", "id_token"], own))

    def take_id_token(self, session_id: int) -> str | None:
        own = delete(OidcSession).where(OidcSession.session_id == session_id)
        return self.session.scalar(own.returning(OidcSession.id_token))

    # -- people -----------------------------------------------------------------------------------------------------

    def identity(self, issuer: str, subject: str) -> PersonIdentity | None:
        known = select(PersonIdentity).where(PersonIdentity.issuer == issuer, PersonIdentity.subject == subject)
        return self.session.scalar(known)

    def wait_for_first_entry(self, issuer: str, subject: str) -> None:
        """Waits until no other request makes a person of the same stranger, and keeps others waiting meanwhile."""
        key = func.hashtextextended(f"{issuer} {subject}", 0)
        self.session.execute(select(func.pg_advisory_xact_lock(key)))

    def person_with(self, email: str) -> Person | None:
        return self.session.scalar(select(Person).where(Person.email == email))

    def add_person(self, email: str, name: str, roles: Collection[str], team_id: int | None) -> Person | None:
        """Returns None if somebody has this address by now."""
        row = {"email": email, "name": name, "roles": sorted(roles), "team_id": team_id}
        return self.session.scalar(insert(Person).values(row).on_conflict_do_nothing().returning(Person))

    def has_identity(self, person_id: int, issuer: str) -> bool:
        known = select(PersonIdentity.id).where(PersonIdentity.person_id == person_id, PersonIdentity.issuer == issuer)
        return self.session.scalar(known) is not None

    def add_identity(self, identity: PersonIdentity) -> None:
        self.session.add(identity)
        self.session.flush()

    def person(self, person_id: int) -> Person:
        return self.session.scalars(select(Person).where(Person.id == person_id)).one()

    def lock(self, person: Person, identity: PersonIdentity) -> None:
        """Waits until nobody else changes people's roles, reads both rows anew, and keeps others from changing them."""
        take_turn(self.session)
        for row in (person, identity):
            self.session.refresh(row, with_for_update={"key_share": True})

    def roles(self) -> RoleTable:
        return RoleTable.read(self.session)

    def team_ids(self) -> dict[str, int]:
        return dict(self.session.execute(select(Team.slug, Team.id)).all())
