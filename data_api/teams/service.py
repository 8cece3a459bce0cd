"""Reads and changes the teams."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from contracts.people import Permission
from contracts.teams import NO_TEAM, RESERVED, TeamBrief, TeamCreate, TeamRead, TeamUpdate
from data_api.access.actor import Actor
from data_api.access.turns import hold_assignment, wait_for_turn
from data_api.assignment.rule_repository import RuleRepository
from data_api.kit.versions import check_version
from data_api.lists.errors import NotInList, StillInUse
from data_api.lists.service import ListService
from data_api.models import Team
from data_api.teams.repository import TeamRepository
from service_kit.errors import InvalidInput, NotPermitted

Find = Callable[[str], Team | None]


class Going(NamedTuple):
    """A team that is to be deleted, and the teams that get what it has. Rules of assignment go where the tickets go, or
    else with the people."""

    row: Team
    people_team: Team | None
    tickets_team: Team | None
    tickets_move: bool

    @property
    def rules_team(self) -> Team | None:
        return self.tickets_team or self.people_team


class TeamService(ListService[Team]):
    def __init__(self, actor: Actor, repository: TeamRepository) -> None:
        super().__init__(repository)
        self.actor = actor
        self.repository = repository
        self.rules = RuleRepository(repository.session)

    def teams(self) -> list[TeamRead]:
        return [team_read(row, people) for row, people in self.repository.all()]

    def names(self) -> list[TeamBrief]:
        return [TeamBrief(slug=slug, name=name) for slug, name in self.repository.names()]

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

    def move_some(self, slug: str, people_to: str | None, tickets_to: str | None, most: int) -> int:
        """Moves up to `most` tickets, for a deletion that is to follow. Returns how many were moved. Raises what
        `delete` raises."""
        going = self._going(self.repository.find, slug, people_to, tickets_to)
        if not going.tickets_move:
            return 0
        return self.repository.move_some(going.row, going.tickets_team, self.actor.person_id, most)

    def delete(self, slug: str, people_to: str | None, tickets_to: str | None) -> None:
        """Deletes the team. Its people move to the team `people_to`; without one, there must be none. Its tickets move
        to the team `tickets_to`, or to none if it is `none`; without it, they move with the people, or there must be
        none. Raises NotInList, StillInUse, InvalidInput, NotPermitted."""
        wait_for_turn(self.repository.session, self.actor)
        going = self._going(self.repository.lock, slug, people_to, tickets_to)
        row = going.row
        self.repository.hold_alone(row)
        if going.people_team is not None:
            hold_assignment(self.repository.session, row.id)
            self.repository.move_people(row, going.people_team)
        if going.tickets_move:
            self.repository.move_the_rest(row, going.tickets_team, self.actor.person_id)
        elif self.repository.has_tickets(row):
            raise StillInUse(f"{row.name} has tickets; say with tickets_to which team they go to, or none.")
        if going.rules_team is not None:
            self.rules.replace_team(row.id, going.rules_team.id)
        self.repository.delete(row)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _going(self, find: Find, slug: str, people_to: str | None, tickets_to: str | None) -> Going:
        """Finds the teams by their slugs, and checks all that can be checked before tickets move."""
        row = find(slug)
        if row is None:
            raise NotInList.named("team", slug)
        people_team = self._other(find, row, "people_to", people_to)
        by_itself = None if tickets_to == NO_TEAM else self._other(find, row, "tickets_to", tickets_to)
        tickets_team = people_team if tickets_to is None else by_itself
        if people_team is None and (people := self.repository.everybody(row)):
            there = "1 person is" if people == 1 else f"{people:,} people are"
            raise StillInUse(f"{there} in {row.name}; say with people_to which team they go to.")
        going = Going(row, people_team, tickets_team, tickets_to is not None or people_team is not None)
        self._check_rules(going)
        return going

    def _check_rules(self, going: Going) -> None:
        """Whoever is assigned a confidential ticket becomes its reader. So who may not read such tickets does not
        decide which people get them."""
        row = going.row
        if going.rules_team is None:
            self.rules.refuse(self.rules.naming_team(row.id), row.name)
        if self.actor.may(Permission.TICKETS_READ_CONFIDENTIAL):
            return
        others = None if self.actor.may(Permission.PEOPLE_MANAGE) else going.people_team
        for team in filter(None, (row, others)):
            if numbers := self.rules.about_confidential(team.id):
                raise NotPermitted(_only_readers(team, numbers))

    def _other(self, find: Find, row: Team, parameter: str, slug: str | None) -> Team | None:
        if slug is None:
            return None
        other = find(slug)
        if other is None or other is row:
            raise InvalidInput.in_field(f"query.{parameter}", f"there is no other team {slug}")
        return other

    def _read(self, row: Team) -> TeamRead:
        return team_read(row, self.repository.people(row))


def team_read(row: Team, people: int) -> TeamRead:
    return TeamRead(slug=row.slug, name=row.name, description=row.description, people=people, version=row.version)


def _only_readers(team: Team, numbers: Sequence[int]) -> str:
    rules = f"rule {numbers[0]}" if len(numbers) == 1 else f"rules {', '.join(map(str, numbers))}"
    return (
        f"{team.name} gets confidential tickets by assignment {rules}. Deciding which people get them needs the "
        f"permission {Permission.TICKETS_READ_CONFIDENTIAL}."
    )
