"""Reads and changes the teams."""

from contracts.teams import NO_TEAM, RESERVED, TeamCreate, TeamRead, TeamUpdate
from data_api.access.actor import Actor
from data_api.access.turns import wait_for_turn
from data_api.assignment.rule_repository import RuleRepository
from data_api.kit.versions import check_version
from data_api.lists.errors import StillInUse
from data_api.lists.service import ListService
from data_api.models import Team
from data_api.teams.repository import TeamRepository
from service_kit.errors import InvalidInput


class TeamService(ListService[Team]):
    def __init__(self, actor: Actor, repository: TeamRepository) -> None:
        super().__init__(repository)
        self.actor = actor
        self.repository = repository

    def teams(self) -> list[TeamRead]:
        return [team_read(row, people) for row, people in self.repository.all()]

    def team(self, slug: str) -> TeamRead:
        return self._read(self._found(slug))

    def add(self, new: TeamCreate) -> TeamRead:
        slug = self._free_slug(new.slug, new.name)
        if slug in RESERVED:
            raise InvalidInput.in_field("body.slug", f"{slug} has a meaning of its own in lists; give another one")
        row = Team(slug=slug, name=new.name, description=new.description, version=1)
        self.repository.add(row)
        return team_read(row, people=0)

    def update(self, slug: str, change: TeamUpdate) -> TeamRead:
        row = self._found(slug)
        check_version(change.version, row.version, row.name, self._read(row))
        row.name = row.name if change.name is None else change.name
        row.description = row.description if change.description is None else change.description
        row.version += 1
        return self._read(row)

    def delete(self, slug: str, people_to: str | None, tickets_to: str | None) -> None:
        """Deletes the team. Its people move to the team `people_to`; without one, there must be none. Its tickets move
        to the team `tickets_to`, or to none if it is `none`; without it, they move with the people, or there must be
        none. Raises NotInList, StillInUse, InvalidInput."""
        wait_for_turn(self.repository.session, self.actor)
        row = self._found(slug)
        people_team = self._other(row, "people_to", people_to)
        tickets_team = people_team if tickets_to is None else self._tickets_team(row, tickets_to)
        if people_team is None and (people := self.repository.everybody(row)):
            told = "1 person is" if people == 1 else f"{people:,} people are"
            raise StillInUse(f"{told} in {row.name}; say with people_to which team they go to.")
        if tickets_team is not None or tickets_to is not None:
            # Many tickets take minutes, during which people work on. So it is locked only for the rest of them.
            self.repository.move_tickets(row, tickets_team, self.actor.person_id)
        self.repository.hold_alone(row)
        if people_team is not None:
            self.repository.move_people(row, people_team)
        self._move_the_rest(row, tickets_team, is_said=tickets_to is not None)
        self._move_rules(row, tickets_team or people_team)
        self.repository.delete(row)

    def _move_the_rest(self, row: Team, to: Team | None, *, is_said: bool) -> None:
        if to is not None or is_said:
            self.repository.move_tickets(row, to, self.actor.person_id)
        elif self.repository.has_tickets(row):
            raise StillInUse(f"{row.name} has tickets; say with tickets_to which team they go to, or none.")

    def _move_rules(self, row: Team, to: Team | None) -> None:
        """Rules of assignment go where the tickets go, or else with the people."""
        rules = RuleRepository(self.repository.session)
        if to is None:
            rules.refuse(rules.naming_team(row.id), row.name)
        else:
            rules.replace_team(row.id, to.id)

    def _tickets_team(self, row: Team, slug: str) -> Team | None:
        return None if slug == NO_TEAM else self._other(row, "tickets_to", slug)

    def _other(self, row: Team, parameter: str, slug: str | None) -> Team | None:
        if slug is None:
            return None
        other = self.repository.lock(slug)
        if other is None or other is row:
            raise InvalidInput.in_field(f"query.{parameter}", f"there is no other team {slug}")
        return other

    def _read(self, row: Team) -> TeamRead:
        return team_read(row, self.repository.people(row))


def team_read(row: Team, people: int) -> TeamRead:
    return TeamRead(slug=row.slug, name=row.name, description=row.description, people=people, version=row.version)
