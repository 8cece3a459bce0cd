"""Turns rows into contracts."""

from contracts.categorising import CONFIRMED_ENOUGH
from contracts.lists import CategoryRead, StageRead
from contracts.tickets import Status
from data_api.models import Category, Stage


def category_read(row: Category, examples: int) -> CategoryRead:
    return CategoryRead(
        slug=row.slug,
        name=row.name,
        description=row.description,
        is_default=row.is_default,
        examples=examples,
        is_young=examples < CONFIRMED_ENOUGH,
    )


def stage_read(row: Stage) -> StageRead:
    return StageRead(
        slug=row.slug,
        name=row.name,
        status=Status(row.status),
        waits_for_requester=row.waits_for_requester,
        work_resumes_here=row.work_resumes_here,
    )
