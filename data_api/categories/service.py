"""Reads and changes the list of categories, and the example texts of each category."""

from collections.abc import Mapping, Sequence

from contracts.categorising import ExampleQuery, ExampleRead, ExampleSource
from contracts.lists import CategoryCreate, CategoryRead, CategoryUpdate
from contracts.pages import Page
from data_api.access.actor import Actor
from data_api.access.turns import wait_for_turn
from data_api.assignment.rule_repository import RuleRepository
from data_api.categories.presenter import category_read
from data_api.categories.repository import CategoryRepository
from data_api.kit.paging import read_cursor, write_cursor
from data_api.learning.learning import Learning
from data_api.lists.errors import NotInList, StillInUse
from data_api.lists.service import ListService
from data_api.models import Category
from service_kit.errors import InvalidInput

# What names the category that gets the tickets, in a request that deletes or merges one.
DELETE_FIELD, MERGE_FIELD = "query.tickets_to", "body.into"


class CategoryService(ListService[Category]):
    def __init__(self, actor: Actor, repository: CategoryRepository, learning: Learning) -> None:
        super().__init__(repository)
        self.actor = actor
        self.repository = repository
        self.learning = learning
        self.rules = RuleRepository(repository.session)

    def categories(self) -> list[CategoryRead]:
        return [category_read(row, examples) for row, examples in self.repository.all_with_examples()]

    def category(self, slug: str) -> CategoryRead:
        return self._category_read(self._known(slug))

    def add_category(self, new: CategoryCreate) -> CategoryRead:
        slug = self._free_slug(new.slug, new.name)
        row = Category(slug=slug, name=new.name, description=new.description, is_default=False)
        self.repository.add(row)
        return category_read(row, self.learning.phrases_given(row.id, new.phrases, self.actor))

    def update_category(self, slug: str, change: CategoryUpdate) -> CategoryRead:
        row = self._found(slug)
        if change.is_default is False and row.is_default:
            raise StillInUse("One category is the default: make another the default instead.")
        if change.is_default and not row.is_default:
            self.repository.clear_default()
            row.is_default = True
        row.name = change.name or row.name
        row.description = row.description if change.description is None else change.description
        return self._category_read(row)

    def move_some(self, slug: str, to: str, field: str, most: int, *, with_predictions: bool) -> int:
        """Moves up to `most` tickets to the category `to`, and then predictions, before the category is deleted or
        merged. Returns how many were moved. Moves nothing if the category is gone: the request that follows says so, or
        finds that it was answered before. Raises StillInUse, InvalidInput."""
        rows = self.repository.both(slug, to)
        if slug not in rows:
            return 0
        row, other = self._two(rows, slug, to, field)
        moved = self.repository.move_some(row, other, self.actor.person_id, most)
        if with_predictions and moved < most:
            moved += self.repository.move_some_predictions(row, other, most - moved)
        return moved

    def delete_category(self, slug: str, tickets_to: str | None) -> None:
        """Deletes the category and its examples. Its tickets move to the category `tickets_to`; without one, there must
        be no tickets. Raises NotInList, StillInUse, InvalidInput."""
        if tickets_to is None:
            row = self._deletable(self._found(slug))
            self._hold_unused(row)
            self.rules.refuse(self.rules.naming_category(row.id), row.name)
        else:
            row, other = self._two(self.repository.both(slug, tickets_to, lock=True), slug, tickets_to, DELETE_FIELD)
            # After a move, nothing checks that the category is unused: no ticket can be in it, and the check would read
            # every ticket that has moved.
            self._move_the_rest(row, other)
            self.rules.replace_category(row.id, other.id)
        self.learning.categories_changed()
        self.repository.delete(row)

    def merge_category(self, slug: str, into: str) -> CategoryRead:
        """Moves tickets, predictions and examples to the other category, and deletes this one. Raises NotInList,
        StillInUse, InvalidInput."""
        row, other = self._two(self.repository.both(slug, into, lock=True), slug, into, MERGE_FIELD)
        self._move_the_rest(row, other, with_predictions=True)
        self.repository.move_expertise(row, other)
        self.rules.replace_category(row.id, other.id)
        self.learning.category_merged(row.id, other.id)
        self.repository.delete(row)
        return self._category_read(other)

    # -- examples -------------------------------------------------------------------------------------------------

    def add_phrases(self, slug: str, phrases: Sequence[str]) -> CategoryRead:
        category = self._known(slug)
        self.learning.phrases_given(category.id, phrases, self.actor)
        return self.category(slug)

    def examples(self, slug: str, query: ExampleQuery) -> Page[ExampleRead]:
        category = self._known(slug)
        kind = f"examples {slug} {','.join(sorted(query.source))}"
        after = read_cursor(kind, query.cursor, (int,)) if query.cursor else []
        rows = self.learning.repository.example_page(category.id, query.source, after, query.limit)
        shown = rows[: query.limit]
        return Page[ExampleRead](
            items=[
                ExampleRead(
                    id=example.id,
                    text=example.text,
                    source=ExampleSource(example.source),
                    is_check_text=example.is_check_text,
                    ticket_id=example.ticket_id,
                    author=author,
                    created_at=example.created_at,
                )
                for example, author in shown
            ],
            next_cursor=write_cursor(kind, [shown[-1][0].id]) if len(rows) > query.limit else None,
        )

    def remove_example(self, slug: str, example_id: int) -> None:
        category = self._known(slug)
        known = self.learning.repository
        if not known.deactivate_example(example_id, category.id, known.raise_revision(changed=1)):
            raise NotInList(f"{category.name} has no example {example_id}.")

    # -- inside ---------------------------------------------------------------------------------------------------

    def _move_the_rest(self, row: Category, to: Category, *, with_predictions: bool = False) -> None:
        """Moves what the steps before left. Reports go on while it waits for tickets that somebody holds: only then it
        locks the category so that no ticket can be added to it, and moves those that were reported meanwhile.
        Locks the category before the examples, and tickets before their predictions: all transactions use this order,
        so they cannot deadlock. Takes the turn of the rules of assignment, which are changed next, before it locks the
        category alone: whoever holds the turn may be about to name the category."""
        for is_alone in (False, True):
            if is_alone:
                wait_for_turn(self.repository.session, self.actor)
                self.repository.hold_alone(row)
            self.repository.move_the_rest(row, to, self.actor.person_id)
            if with_predictions:
                self.repository.move_other_predictions(row, to)

    def _two(self, rows: Mapping[str, Category], slug: str, other: str, field: str) -> tuple[Category, Category]:
        """Returns the category that is to be removed, and the one that gets its tickets. `rows`: those that there are,
        by slug."""
        if slug not in rows:
            raise NotInList.named("category", slug)
        row = self._deletable(rows[slug])
        if other == slug or other not in rows:
            raise InvalidInput.in_field(field, f"there is no other category {other}")
        return row, rows[other]

    def _deletable(self, row: Category) -> Category:
        if row.is_default:
            raise StillInUse(f"{row.name} is the default: make another the default first.")
        return row

    def _category_read(self, row: Category) -> CategoryRead:
        return category_read(row, self.learning.repository.count_examples(row.id))

    def _known(self, slug: str) -> Category:
        row = self.repository.find(slug)
        if row is None:
            raise NotInList.named("category", slug)
        return row
