"""Reads and changes the list of buildings."""

from contracts.lists import BuildingCreate, BuildingRead, BuildingUpdate
from data_api.assignment.rule_repository import RuleRepository
from data_api.buildings.repository import BuildingRepository
from data_api.lists.service import ListService
from data_api.models import Building


class BuildingService(ListService[Building]):
    def __init__(self, repository: BuildingRepository) -> None:
        super().__init__(repository)
        self.repository = repository

    def buildings(self) -> list[BuildingRead]:
        return [building_read(row) for row in self.repository.all()]

    def building(self, slug: str) -> BuildingRead:
        return building_read(self._found(slug))

    def add_building(self, new: BuildingCreate) -> BuildingRead:
        row = Building(slug=self._free_slug(new.slug, new.name), name=new.name)
        self.repository.add(row)
        return building_read(row)

    def update_building(self, slug: str, change: BuildingUpdate) -> BuildingRead:
        row = self._found(slug)
        row.name = change.name
        return building_read(row)

    def delete_building(self, slug: str) -> None:
        """Deletes a building that no ticket and no rule of assignment refers to. Raises NotInList, StillInUse."""
        row = self._found(slug)
        self._hold_unused(row)
        rules = RuleRepository(self.repository.session)
        rules.refuse(rules.naming_building(row.id), row.name)
        self.repository.delete(row)


def building_read(row: Building) -> BuildingRead:
    return BuildingRead(slug=row.slug, name=row.name)
