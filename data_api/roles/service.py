"""Reads and changes the roles. Nobody makes or changes a role that permits more than they may do themselves."""

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from contracts.people import Permission
from contracts.roles import RoleCreate, RoleRead, RoleUpdate
from data_api.access.actor import Actor
from data_api.access.permissions import ADMINISTRATORS_ROLE, permissions_from
from data_api.access.turns import wait_for_turn
from data_api.kit.versions import check_version
from data_api.lists.errors import NotInList, StillInUse
from data_api.lists.service import ListService
from data_api.models import StoredRole
from data_api.roles.errors import BuiltInRole
from data_api.roles.repository import RoleRepository
from data_api.time_tracking.ended_timers import stop_timers_without_access
from service_kit.errors import InvalidInput, NotPermitted


class RoleService(ListService[StoredRole]):
    """`zone` is the campus's time zone."""

    def __init__(self, actor: Actor, repository: RoleRepository, zone: ZoneInfo) -> None:
        super().__init__(repository)
        self.actor = actor
        self.zone = zone
        self.repository = repository

    def roles(self) -> list[RoleRead]:
        return [role_read(row, people) for row, people in self.repository.all()]

    def role(self, slug: str) -> RoleRead:
        row = self.repository.find(slug)
        if row is None:
            raise NotInList.named("role", slug)
        return self._read(row)

    def add(self, new: RoleCreate) -> RoleRead:
        wait_for_turn(self.repository.session, self.actor)
        self._check_own(new.permissions)
        row = StoredRole(
            slug=self._free_slug(new.slug, new.name),
            name=new.name,
            description=new.description,
            permissions=sorted(set(new.permissions)),
        )
        self.repository.add(row)
        return role_read(row, people=0)

    def update(self, slug: str, change: RoleUpdate) -> RoleRead:
        """Changes the fields that the request names. Raises NotInList, StaleVersion, NotPermitted, BuiltInRole."""
        wait_for_turn(self.repository.session, self.actor)
        row = self._found(slug)
        check_version(change.version, row.version, row.name, self._read(row))
        self._check_own(permissions_of(row))
        if change.permissions is not None:
            self._set_permissions(row, change.permissions)
        row.name = row.name if change.name is None else change.name
        row.description = row.description if change.description is None else change.description
        row.version += 1
        row.modified_at = datetime.now(UTC)
        if change.permissions is not None:
            self._stop_timers_without_access()
        return self._read(row)

    def delete(self, slug: str, people_to: str | None) -> None:
        """Deletes the role. Its people get the role `people_to` instead; without one, nobody may have it. Raises
        NotInList, BuiltInRole, StillInUse, NotPermitted, InvalidInput."""
        wait_for_turn(self.repository.session, self.actor)
        row = self._found(slug)
        if row.is_built_in:
            raise BuiltInRole(f"{row.name} is a role that every desk has; it cannot be deleted.")
        self._check_own(permissions_of(row))
        self.repository.hold_alone(row)
        if people_to is not None:
            self.repository.move_people(row, self._other(row, people_to))
        elif people := self.repository.everybody(row):
            told = "1 person has" if people == 1 else f"{people:,} people have"
            raise StillInUse(f"{told} the role {row.name}; say with people_to which one they get.")
        self.repository.delete(row)
        self._stop_timers_without_access()

    def _set_permissions(self, row: StoredRole, permissions: Iterable[Permission]) -> None:
        wanted = frozenset(permissions)
        if wanted == permissions_of(row):
            return
        if row.slug == ADMINISTRATORS_ROLE:
            raise BuiltInRole(f"{row.name} may always do everything.")
        self._check_own(wanted)
        row.permissions = sorted(wanted)

    def _stop_timers_without_access(self) -> None:
        stop_timers_without_access(self.repository.session, self.zone)

    def _other(self, row: StoredRole, slug: str) -> StoredRole:
        other = self.repository.find(slug)
        if other is None or other is row:
            raise InvalidInput.in_field("query.people_to", f"there is no other role {slug}")
        self._check_own(permissions_of(other))
        return other

    def _check_own(self, permissions: Iterable[Permission]) -> None:
        if not self.actor.permissions.issuperset(permissions):
            raise NotPermitted("This role may do more than you may.")

    def _read(self, row: StoredRole) -> RoleRead:
        return role_read(row, self.repository.people(row))


def permissions_of(row: StoredRole) -> frozenset[Permission]:
    return permissions_from([row.slug], row.permissions)


def role_read(row: StoredRole, people: int) -> RoleRead:
    permitted = permissions_of(row)
    return RoleRead(
        slug=row.slug,
        name=row.name,
        description=row.description,
        permissions=[permission for permission in Permission if permission in permitted],
        is_built_in=row.is_built_in,
        is_fixed=row.slug == ADMINISTRATORS_ROLE,
        people=people,
        created_at=row.created_at,
        modified_at=row.modified_at,
        version=row.version,
    )
