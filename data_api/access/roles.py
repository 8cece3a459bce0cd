"""The rows of roles, as queries ask for what they permit."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, String, any_, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.orm import Session

from contracts.people import Permission
from data_api.access.permissions import ADMINISTRATORS_ROLE, permissions_from
from data_api.models import Person, StoredRole

ROLES_AND_PERMISSIONS = select(StoredRole.slug, StoredRole.permissions)


def granted() -> FromClause:
    """Returns a subquery to be joined to the table of people: slugs and names of the person's roles, the oldest role
    first, and the permissions in their rows, joined by spaces."""
    return (
        select(
            func.array_agg(aggregate_order_by(StoredRole.slug, StoredRole.id), type_=ARRAY(String)).label("slugs"),
            func.array_agg(aggregate_order_by(StoredRole.name, StoredRole.id), type_=ARRAY(String)).label("names"),
            func.string_agg(func.array_to_string(StoredRole.permissions, " "), " ").label("permissions"),
        )
        .where(StoredRole.slug == any_(Person.roles))
        .lateral("granted")
    )


def may(*permissions: Permission) -> ColumnElement[bool]:
    """Returns the condition that one of a person's roles permits one of these. An index on people finds them."""
    permit = select(StoredRole.slug).where(
        or_(
            StoredRole.slug == ADMINISTRATORS_ROLE.value,
            StoredRole.permissions.overlap([permission.value for permission in permissions]),
        )
    )
    slugs: ColumnElement[Any] = func.array(permit.scalar_subquery(), type_=ARRAY(String))
    permitted: ColumnElement[bool] = Person.roles.overlap(slugs)
    return permitted


class RoleTable:
    """What each role permits, read once."""

    def __init__(self, granted: Mapping[str, Iterable[str]]) -> None:
        self._granted = granted

    @classmethod
    def read(cls, session: Session) -> "RoleTable":
        return cls(dict(session.connection().execute(ROLES_AND_PERMISSIONS).all()))

    def __contains__(self, slug: str) -> bool:
        return slug in self._granted

    def permissions_of(self, roles: Iterable[str]) -> frozenset[Permission]:
        """Returns what a person with these roles may do. A role that does not exist permits nothing."""
        known = [role for role in roles if role in self._granted]
        return permissions_from(known, [name for role in known for name in self._granted[role]])
