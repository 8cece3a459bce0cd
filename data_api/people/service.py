"""Looking people up, adding, changing and deactivating them.

Nobody gives a role that permits more than they may do themselves, and nobody changes a person who may do more than
they: with another mail address, that person's account could be taken over.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from contracts.pages import Page, PageQuery
from contracts.people import (
    Permission,
    PersonCreate,
    PersonDeactivated,
    PersonDetails,
    PersonQuery,
    PersonUpdate,
    Twins,
)
from data_api.access.actor import Actor
from data_api.access.permissions import ADMINISTRATORS_ROLE, REQUESTERS_ROLE
from data_api.access.reading import Reads
from data_api.access.roles import RoleTable
from data_api.access.turns import move_to_team, wait_for_turn
from data_api.kit.errors import NotFound
from data_api.kit.paging import read_cursor, write_cursor
from data_api.kit.versions import check_version
from data_api.models import Person
from data_api.people.errors import EmailTaken, LastAdministrator, OwnDeactivation
from data_api.people.hours import stored_hours
from data_api.people.presenter import namesake, person_details
from data_api.people.repository import PersonRepository
from data_api.sessions.repository import SessionRepository
from data_api.time_tracking.ended_timers import stop_timers_without_access
from service_kit.errors import InvalidInput, NotPermitted

CURSOR, TWINS_CURSOR = "people", "twins"
# What staff may say of the people whom they add; all else is for those who manage people.
BY_STAFF = {"name", "roles"}
PLAIN = ("name", "capacity", "away_from", "away_until")


class PersonService:
    """`zone` is the campus's time zone."""

    def __init__(self, actor: Actor, repository: PersonRepository, sessions: SessionRepository, zone: ZoneInfo) -> None:
        self.actor = actor
        self.repository = repository
        self.sessions = sessions
        self.zone = zone
        self.now = datetime.now(zone)

    # -- reading ----------------------------------------------------------------------------------------------------

    def page(self, query: PersonQuery) -> Page[PersonDetails]:
        """Raises NotPermitted for a question about passwords by somebody who may not manage people."""
        if query.has_password is not None and not self.actor.may(Permission.PEOPLE_MANAGE):
            raise NotPermitted(f"has_password needs the permission {Permission.PEOPLE_MANAGE}, which you do not have.")
        after = read_cursor(CURSOR, query.cursor, (str, int)) if query.cursor else []
        people = self.repository.page(query, after, by_email=self.actor.may(Permission.PEOPLE_MANAGE))
        shown = people[: query.limit]
        last = shown[-1].Person if len(people) > query.limit else None
        return Page[PersonDetails](
            items=[person_details(row, self.actor, self.now) for row in shown],
            next_cursor=write_cursor(CURSOR, [last.name, last.id]) if last else None,
        )

    def twins(self, query: PageQuery) -> Page[Twins]:
        (after,) = read_cursor(TWINS_CURSOR, query.cursor, (int,)) if query.cursor else (0,)
        reads_everything = self.actor.reads is Reads.EVERYTHING
        rows = self.repository.twins(query.limit + 1, after, reads_everything=reads_everything)
        groups = [list(people) for _, people in groupby(rows, lambda row: row.first_id)]
        shown = groups[: query.limit]
        return Page[Twins](
            items=[Twins(name=people[0].name, people=[namesake(row) for row in people]) for people in shown],
            next_cursor=write_cursor(TWINS_CURSOR, [shown[-1][0].id]) if len(groups) > query.limit else None,
        )

    def read(self, person_id: int) -> PersonDetails:
        """Everybody reads themselves; others need the permission to look people up. Raises NotPermitted, NotFound."""
        if person_id != self.actor.person_id and not self.actor.may(Permission.PEOPLE_READ):
            raise NotPermitted(f"This needs the permission {Permission.PEOPLE_READ}, which your role does not have.")
        return self.details(person_id)

    def details(self, person_id: int) -> PersonDetails:
        """Returns a person whom the actor has just changed, or may change. Raises NotFound."""
        row = self.repository.details(person_id)
        if row is None:
            raise NotFound(f"There is no person {person_id}.")
        return person_details(row, self.actor, self.now)

    # -- writing ----------------------------------------------------------------------------------------------------

    def add(self, new: PersonCreate) -> PersonDetails:
        """Adds a person. Staff add people who may do no more than students; those who manage people add anyone. Raises
        NotPermitted, InvalidInput, EmailTaken."""
        roles = wait_for_turn(self.repository.session, self.actor)
        if not self.actor.may(Permission.PEOPLE_MANAGE):
            self._check_added_by_staff(new, roles)
        self._check_given(new.roles, roles)
        self._check_free(new.email, None)
        person = self.repository.add(
            roles=sorted(set(new.roles)),
            email=new.email,
            team_id=self._team_id(new.team),
            version=1,
            working_hours=stored_hours(new.working_hours),
            **{name: getattr(new, name) for name in PLAIN},
        )
        if new.expertise:
            self._set_expertise(person, new.expertise)
        if new.expertise_buildings:
            self._set_buildings(person, new.expertise_buildings)
        return self.details(person.id)

    def update(self, person_id: int, change: PersonUpdate) -> PersonDetails:
        """Changes the fields that the request names. Raises NotFound, StaleVersion, NotPermitted, InvalidInput,
        EmailTaken, LastAdministrator."""
        roles = wait_for_turn(self.repository.session, self.actor)
        person = self._manageable(person_id, roles)
        check_version(change.version, person.version, person.name, self.details(person_id))
        named = change.model_fields_set - {"version"}
        if change.roles is not None:
            self._set_roles(person, change.roles, roles)
        if "email" in named:
            self._check_free(change.email, person)
            person.email = change.email
        if "team" in named:
            move_to_team(self.repository.session, person, self._team_id(change.team))
        if change.working_hours is not None:
            person.working_hours = stored_hours(change.working_hours)
        for name in named.intersection(PLAIN):
            setattr(person, name, getattr(change, name))
        self._check_absence(person)
        person.version += 1
        self.repository.flush()
        if change.roles is not None:
            self._stop_timers_without_access(person_id)
        if change.expertise is not None:
            self._set_expertise(person, change.expertise)
        if change.expertise_buildings is not None:
            self._set_buildings(person, change.expertise_buildings)
        return self.details(person_id)

    def deactivate(self, person_id: int) -> PersonDeactivated:
        """Ends all sessions of the person, and lets them not sign in again. Their tickets stay theirs. Raises NotFound,
        NotPermitted, OwnDeactivation, LastAdministrator."""
        roles = wait_for_turn(self.repository.session, self.actor)
        person = self._manageable(person_id, roles)
        if person_id == self.actor.person_id:
            raise OwnDeactivation
        if person.deactivated_at is None:
            self._check_administrators(person, [])
            person.deactivated_at = datetime.now(UTC)
            person.version += 1
            self.repository.flush()
            self._stop_timers_without_access(person_id)
        self.sessions.revoke_all_of(person_id)
        return self.deactivated(person_id)

    def deactivated(self, person_id: int) -> PersonDeactivated:
        assigned = self.repository.assigned_tickets(person_id, self.actor)
        return PersonDeactivated(**dict(self.details(person_id)), assigned_tickets=assigned)

    def reactivate(self, person_id: int) -> PersonDetails:
        """Lets the person sign in again. Raises NotFound, NotPermitted."""
        roles = wait_for_turn(self.repository.session, self.actor)
        person = self._manageable(person_id, roles)
        if person.deactivated_at is not None:
            person.deactivated_at = None
            person.version += 1
            self.repository.flush()
        return self.details(person_id)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _stop_timers_without_access(self, person_id: int) -> None:
        stop_timers_without_access(self.repository.session, self.zone, person_id)

    def _manageable(self, person_id: int, roles: RoleTable) -> Person:
        """Returns the person, locked. Raises NotFound, and NotPermitted for a person who may do more than the actor."""
        person = self.repository.lock(person_id)
        if person is None:
            raise NotFound(f"There is no person {person_id}.")
        if not roles.permissions_of(person.roles) <= self.actor.permissions:
            raise NotPermitted(f"{person.name} may do more than you; ask somebody who may do as much.")
        return person

    def _check_added_by_staff(self, new: PersonCreate, roles: RoleTable) -> None:
        if not roles.permissions_of(new.roles) <= roles.permissions_of([REQUESTERS_ROLE]):
            raise NotPermitted("Only managers and administrators add people who are not students.")
        if more := sorted(new.model_fields_set - BY_STAFF):
            raise NotPermitted(f"Only managers and administrators say of a new person: {', '.join(more)}.")

    def _check_given(self, given: Iterable[str], roles: RoleTable) -> None:
        for role in given:
            if role not in roles:
                raise InvalidInput.in_field("body.roles", f"there is no role {role}")
        if not roles.permissions_of(given) <= self.actor.permissions:
            raise NotPermitted("You cannot give a role that may do more than you may.")

    def _set_roles(self, person: Person, given: Sequence[str], roles: RoleTable) -> None:
        self._check_given(given, roles)
        if person.deactivated_at is None:
            self._check_administrators(person, given)
        person.roles = sorted(set(given))

    def _check_administrators(self, person: Person, remaining: Iterable[str]) -> None:
        """Raises LastAdministrator if nobody would be left who may do everything."""
        loses = ADMINISTRATORS_ROLE in person.roles and ADMINISTRATORS_ROLE not in remaining
        if loses and not self.repository.other_administrators(person.id):
            raise LastAdministrator(f"{person.name} is the last administrator; make somebody else one first.")

    def _check_free(self, email: str | None, person: Person | None) -> None:
        if email is None:
            return
        owner = self.repository.people_by_email([email]).get(email)
        if owner is not None and (person is None or owner != person.id):
            raise EmailTaken

    def _team_id(self, slug: str | None) -> int | None:
        if slug is None:
            return None
        team_id = self.repository.team_ids().get(slug)
        if team_id is None:
            raise InvalidInput.in_field("body.team", f"there is no team {slug}")
        return team_id

    @staticmethod
    def _check_absence(person: Person) -> None:
        """The request may name only one of the two days; the other one is the person's."""
        if person.away_from and person.away_until and person.away_until < person.away_from:
            raise InvalidInput.in_field("body.away_until", "is before the first day of the absence")

    def _set_expertise(self, person: Person, slugs: Sequence[str]) -> None:
        known = self.repository.category_ids(slugs)
        for slug in slugs:
            if slug not in known:
                raise InvalidInput.in_field("body.expertise", f"there is no category {slug}")
        self.repository.replace_expertise(person.id, known.values())

    def _set_buildings(self, person: Person, slugs: Sequence[str]) -> None:
        known = self.repository.building_ids(slugs)
        for slug in slugs:
            if slug not in known:
                raise InvalidInput.in_field("body.expertise_buildings", f"there is no building {slug}")
        self.repository.replace_buildings(person.id, known.values())
