"""From rows to what the wire carries."""

from contracts.categorising import CONFIRMED_ENOUGH
from contracts.lists import CategoryRead
from data_api.models import Category


def category_read(row: Category, examples: int) -> CategoryRead:
    return CategoryRead(
        slug=row.slug,
        name=row.name,
        description=row.description,
        is_default=row.is_default,
        examples=examples,
        is_young=examples < CONFIRMED_ENOUGH,
    )
