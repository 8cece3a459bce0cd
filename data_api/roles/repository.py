"""Queries on roles."""

from collections.abc import Sequence

from sqlalchemy import Row, String, case, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.orm import Session

from data_api.lists.repository import ListRepository
from data_api.models import Person, StoredRole


class RoleRepository(ListRepository[StoredRole]):
    def __init__(self, session: Session) -> None:
        super().__init__(session, StoredRole, lambda row: Person.roles.contains([row.slug]))

    def all(self) -> Sequence[Row[StoredRole, int]]:
        """Returns all roles, the oldest first, each with the number of active people who have it."""
        return self.session.execute(select(StoredRole, _PEOPLE).order_by(StoredRole.id)).all()

    def find(self, slug: str) -> StoredRole | None:
        return self.session.scalar(select(StoredRole).where(StoredRole.slug == slug))

    def people(self, row: StoredRole) -> int:
        """Counts the active people who have this role."""
        people: int = self.session.scalars(select(_PEOPLE).where(StoredRole.id == row.id)).one()
        return people

    def everybody(self, row: StoredRole) -> int:
        """Counts the people who have this role, also those who were deactivated."""
        return self.session.scalars(select(func.count()).where(self.used_by(row))).one()

    def move_people(self, row: StoredRole, to: StoredRole) -> None:
        """Gives the other role to all who have this one, and takes this one from them."""
        rest = func.array_remove(Person.roles, row.slug, type_=ARRAY(String))
        roles = case((rest.contains([to.slug]), rest), else_=func.array_append(rest, to.slug, type_=ARRAY(String)))
        people = update(Person).where(self.used_by(row)).values(roles=roles, version=Person.version + 1)
        self.session.execute(people, execution_options={"synchronize_session": False})


_PEOPLE = (
    select(func.count())
    .where(Person.roles.contains(array([StoredRole.slug])), Person.deactivated_at.is_(None))
    .correlate(StoredRole)
    .scalar_subquery()
)
