"""Reads and changes the teams."""

from contracts.teams import RESERVED, TeamCreate, TeamRead, TeamUpdate
from data_api.access.actor import Actor
from data_api.access.turns import wait_for_turn
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

    def delete(self, slug: str, people_to: str | None) -> None:
        """Deletes the team. Its people move to the team `people_to`; without one, there must be none. Raises NotInList,
        StillInUse, InvalidInput."""
        wait_for_turn(self.repository.session, self.actor)
        row = self._found(slug)
        self.repository.hold_alone(row)
        if people_to is not None:
            self.repository.move_people(row, self._other(row, people_to))
        elif people := self.repository.everybody(row):
            told = "1 person is" if people == 1 else f"{people:,} people are"
            raise StillInUse(f"{told} in {row.name}; say with people_to which team they go to.")
        self.repository.delete(row)

    def _other(self, row: Team, slug: str) -> Team:
        other = self.repository.lock(slug)
        if other is None or other is row:
            raise InvalidInput.in_field("query.people_to", f"there is no other team {slug}")
        return other

    def _read(self, row: Team) -> TeamRead:
        return team_read(row, self.repository.people(row))


def team_read(row: Team, people: int) -> TeamRead:
    return TeamRead(slug=row.slug, name=row.name, description=row.description, people=people, version=row.version)
