"""Queries on links to choose a password."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, and_, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from data_api.access.roles import RoleTable
from data_api.models import Credential, Invitation, Person


class InvitationRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def add(self, invitations: Sequence[Invitation]) -> None:
        self.session.add_all(invitations)
        self.session.flush()

    def find(self, token_hash: bytes) -> Row[str, datetime, int, str, str] | None:
        """Returns a valid link with the name and, if there is one, the username of its person, who was not
        deactivated."""
        found = (
            select(Invitation.purpose, Invitation.expires_at, Person.id, Person.name, Credential.username)
            .join(Person, Person.id == Invitation.person_id)
            .outerjoin(Credential, Credential.person_id == Person.id)
            .where(_is_valid(), Invitation.token_hash == token_hash, Person.deactivated_at.is_(None))
        )
        row = self.session.execute(found).one_or_none()
        return row if row is not None and self._could_be_made_now(token_hash) else None

    def _could_be_made_now(self, token_hash: bytes) -> bool:
        """Whoever made a link may have kept it. They must not come to more with it than they may do now, because its
        person may have got another role since, nor to anything after they were deactivated."""
        maker = aliased(Person)
        asked = (
            select(Invitation.made_by, Person.roles, maker.roles, maker.deactivated_at)
            .join(Person, Person.id == Invitation.person_id)
            .outerjoin(maker, maker.id == Invitation.made_by)
            .where(Invitation.token_hash == token_hash)
        )
        made_by, persons_roles, makers_roles, deactivated_at = self.session.execute(asked).one()
        if made_by is None or deactivated_at is not None:
            return made_by is None
        roles = RoleTable.read(self.session)
        return roles.permissions_of(persons_roles) <= roles.permissions_of(makers_roles)

    def use(self, token_hash: bytes) -> int | None:
        """Uses the link up and returns its person; None when it is no longer valid. Of two requests at the same moment,
        one finds it used."""
        active = exists().where(Person.id == Invitation.person_id, Person.deactivated_at.is_(None))
        mine = and_(_is_valid(), Invitation.token_hash == token_hash, active)
        used = update(Invitation).where(mine).values(used_at=func.now()).returning(Invitation.person_id)
        return self.session.scalar(used)

    def end_of(self, person_ids: Iterable[int]) -> None:
        """Ends the valid links of these people."""
        mine = and_(_is_valid(), Invitation.person_id.in_(list(person_ids)))
        self.session.execute(update(Invitation).where(mine).values(expires_at=func.now()))


def _is_valid() -> ColumnElement[bool]:
    return and_(Invitation.used_at.is_(None), Invitation.expires_at > func.now())
