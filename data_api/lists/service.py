"""Keeping the short lists."""

from contracts.base import Name
from contracts.lists import (
    BuildingCreate,
    BuildingRead,
    BuildingUpdate,
    CategoryCreate,
    CategoryRead,
    CategoryUpdate,
    StageRead,
)
from contracts.tickets import Status
from data_api.errors import NotFound
from data_api.lists.repository import ListRepository, Row
from data_api.models import Building, Category
from data_api.slugs import slug_from
from service_kit.errors import InvalidInput, LodgeError


class SlugTaken(LodgeError):
    """Another one is called that already."""

    status = 409


class StillInUse(LodgeError):
    """Tickets stand on it, or it is the default."""

    status = 409


class NotInList(NotFound):
    """The list has no such entry."""


class ListService:
    def __init__(self, repository: ListRepository) -> None:
        self.repository = repository

    def categories(self) -> list[CategoryRead]:
        return [category_read(row) for row in self.repository.categories()]

    def buildings(self) -> list[BuildingRead]:
        return [BuildingRead(slug=row.slug, name=row.name) for row in self.repository.buildings()]

    def stages(self) -> list[StageRead]:
        return [StageRead(slug=row.slug, name=row.name, status=Status(row.status)) for row in self.repository.stages()]

    def add_category(self, new: CategoryCreate) -> CategoryRead:
        slug = self._free_slug(Category, new.slug, new.name)
        row = Category(slug=slug, name=new.name, description=new.description, is_default=False)
        self.repository.add(row)
        return category_read(row)

    def update_category(self, slug: str, change: CategoryUpdate) -> CategoryRead:
        row = self._found(Category, slug)
        if change.is_default is False and row.is_default:
            raise StillInUse("One category is the default: make another the default instead.")
        if change.is_default and not row.is_default:
            self.repository.clear_default()
            row.is_default = True
        row.name = change.name or row.name
        row.description = row.description if change.description is None else change.description
        return category_read(row)

    def delete_category(self, slug: str) -> None:
        row = self._found(Category, slug)
        if row.is_default:
            raise StillInUse(f"{row.name} is the default: make another the default first.")
        self._delete(row)

    def add_building(self, new: BuildingCreate) -> BuildingRead:
        row = Building(slug=self._free_slug(Building, new.slug, new.name), name=new.name)
        self.repository.add(row)
        return BuildingRead(slug=row.slug, name=row.name)

    def update_building(self, slug: str, change: BuildingUpdate) -> BuildingRead:
        row = self._found(Building, slug)
        row.name = change.name
        return BuildingRead(slug=row.slug, name=row.name)

    def delete_building(self, slug: str) -> None:
        self._delete(self._found(Building, slug))

    def _delete(self, row: Category | Building) -> None:
        if self.repository.is_used(row):
            raise StillInUse(f"Tickets stand on {row.name}; move them first.")
        self.repository.delete(row)

    def _found(self, table: type[Row], slug: str) -> Row:
        row = self.repository.lock(table, slug)
        if row is None:
            raise NotInList(f"There is no {table.__tablename__} {slug}.")
        return row

    def _free_slug(self, table: type[Row], slug: str | None, name: Name) -> str:
        wanted = slug or slug_from(name)
        if not wanted:
            raise InvalidInput.in_field("body.slug", "cannot be made from this name; give one in a-z and 0-9")
        if self.repository.is_taken(table, wanted):
            raise SlugTaken(f"There is a {table.__tablename__} {wanted} already.")
        return wanted


def category_read(row: Category) -> CategoryRead:
    return CategoryRead(slug=row.slug, name=row.name, description=row.description, is_default=row.is_default)
