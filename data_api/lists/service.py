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
from data_api.access.actor import Actor
from data_api.kit.slugs import slug_from
from data_api.learning.learning import Learning
from data_api.lists.errors import NotInList, SlugTaken, StillInUse
from data_api.lists.presenter import category_read, stage_read
from data_api.lists.repository import ListRepository, Row
from data_api.models import Building, Category
from service_kit.errors import InvalidInput


class ListService:
    def __init__(self, actor: Actor, repository: ListRepository, learning: Learning) -> None:
        self.actor = actor
        self.repository = repository
        self.learning = learning

    def categories(self) -> list[CategoryRead]:
        return [category_read(row, examples) for row, examples in self.repository.categories_with_examples()]

    def buildings(self) -> list[BuildingRead]:
        return [BuildingRead(slug=row.slug, name=row.name) for row in self.repository.buildings()]

    def stages(self) -> list[StageRead]:
        return [stage_read(row) for row in self.repository.stages()]

    def category(self, slug: str) -> CategoryRead:
        return self._category_read(self._found(Category, slug))

    def building(self, slug: str) -> BuildingRead:
        return BuildingRead(slug=slug, name=self._found(Building, slug).name)

    def add_category(self, new: CategoryCreate) -> CategoryRead:
        slug = self._free_slug(Category, new.slug, new.name)
        row = Category(slug=slug, name=new.name, description=new.description, is_default=False)
        self.repository.add(row)
        return category_read(row, self.learning.phrases_given(row.id, new.phrases, self.actor))

    def update_category(self, slug: str, change: CategoryUpdate) -> CategoryRead:
        row = self._found(Category, slug)
        if change.is_default is False and row.is_default:
            raise StillInUse("One category is the default: make another the default instead.")
        if change.is_default and not row.is_default:
            self.repository.clear_default()
            row.is_default = True
        row.name = change.name or row.name
        row.description = row.description if change.description is None else change.description
        return self._category_read(row)

    def delete_category(self, slug: str, tickets_to: str | None) -> None:
        """Its tickets go where it is said; its examples are forgotten."""
        if tickets_to is None:
            row = self._deletable(self._found(Category, slug))
            self.repository.hold_alone(row)
            self._refuse_used(row)
        else:
            row, other = self._both(slug, tickets_to, "query.tickets_to")
            self._move(row, other)
        self.learning.categories_changed()
        self.repository.delete(row)

    def merge_category(self, slug: str, into: str) -> CategoryRead:
        """Tickets, predictions and examples go into the other one."""
        row, other = self._both(slug, into, "body.into")
        self._move(row, other, with_predictions=True)
        self.learning.category_merged(row.id, other.id)
        self.repository.delete(row)
        return self._category_read(other)

    def _move(self, row: Category, to: Category, *, with_predictions: bool = False) -> None:
        """While this takes minutes, reports go on; those that came meanwhile are moved once no more can come. That is
        before what was learned is held: whoever reports and teaches takes the two in this order, and whoever deletes
        a ticket takes it before its prediction."""
        self.repository.take_minutes()
        for meanwhile in (False, True):
            if meanwhile:
                self.repository.hold_alone(row)
            self.repository.move_tickets(row, to, self.actor.person_id)
            if with_predictions:
                self.repository.move_predictions(row, to, meanwhile=meanwhile)

    def _both(self, slug: str, other_slug: str, field: str) -> tuple[Category, Category]:
        """The one that goes, and another one that its tickets go to."""
        rows = self.repository.lock_both(slug, other_slug)
        if slug not in rows:
            raise NotInList.named("category", slug)
        row = self._deletable(rows[slug])
        if other_slug == slug or other_slug not in rows:
            raise InvalidInput.in_field(field, f"there is no other category {other_slug}")
        return row, rows[other_slug]

    def _deletable(self, row: Category) -> Category:
        if row.is_default:
            raise StillInUse(f"{row.name} is the default: make another the default first.")
        return row

    def _category_read(self, row: Category) -> CategoryRead:
        return category_read(row, self.learning.repository.count_examples(row.id))

    def add_building(self, new: BuildingCreate) -> BuildingRead:
        row = Building(slug=self._free_slug(Building, new.slug, new.name), name=new.name)
        self.repository.add(row)
        return BuildingRead(slug=row.slug, name=row.name)

    def update_building(self, slug: str, change: BuildingUpdate) -> BuildingRead:
        row = self._found(Building, slug)
        row.name = change.name
        return BuildingRead(slug=row.slug, name=row.name)

    def delete_building(self, slug: str) -> None:
        row = self._found(Building, slug)
        self.repository.hold_alone(row)
        self._refuse_used(row)
        self.repository.delete(row)

    def _refuse_used(self, row: Category | Building) -> None:
        """Not asked after a move: nothing can stand on it then, and looking would read every ticket that has moved."""
        if self.repository.is_used(row):
            raise StillInUse(f"Tickets stand on {row.name}; move them first.")

    def _found(self, table: type[Row], slug: str) -> Row:
        row = self.repository.lock(table, slug)
        if row is None:
            raise NotInList.named(table.__tablename__, slug)
        return row

    def _free_slug(self, table: type[Row], slug: str | None, name: Name) -> str:
        wanted = slug or slug_from(name)
        if not wanted:
            raise InvalidInput.in_field("body.slug", "cannot be made from this name; give one in a-z and 0-9")
        if self.repository.is_taken(table, wanted):
            raise SlugTaken(f"There is a {table.__tablename__} {wanted} already.")
        return wanted
