"""Routes for categories, and for the example texts of each category."""

from operator import attrgetter
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from sqlalchemy.orm import Session

from contracts.base import MAX_ID, Slug
from contracts.categorising import ExampleQuery, ExampleRead, PhrasesCreate
from contracts.lists import CategoryCreate, CategoryMerge, CategoryRead, CategoryUpdate
from contracts.pages import Page
from contracts.people import Permission
from data_api.access.actor import Actor, ActorDep, permitted
from data_api.access.idempotency import OnceDep
from data_api.access.rate_limits import TooManyRequests, changes
from data_api.categories.repository import CategoryRepository
from data_api.categories.service import DELETE_FIELD, MERGE_FIELD, CategoryService
from data_api.kit.database import DatabaseDep, SessionDep
from data_api.kit.errors import ChangedMeanwhile
from data_api.learning.learning import Learning
from data_api.learning.repository import CategorisingRepository
from data_api.lists.errors import CategoryGoing, NotInList, SlugTaken, StillInUse
from data_api.lists.moving import moved_in_steps
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(
    prefix="/categories",
    tags=["categories"],
    route_class=Route,
    responses=documented(NotSignedIn, InvalidInput, TooManyRequests),
)
manages = Depends(permitted(Permission.LISTS_MANAGE))
SlugInPath = Annotated[Slug, Path()]
ExampleId = Annotated[int, Path(ge=1, le=MAX_ID)]
SLUG = attrgetter("slug")


def _service_in(session: Session, actor: Actor) -> CategoryService:
    return CategoryService(actor, CategoryRepository(session), Learning(CategorisingRepository(session)))


async def _service(session: SessionDep, actor: ActorDep) -> CategoryService:
    return _service_in(session, actor)


ServiceDep = Annotated[CategoryService, Depends(_service, scope="function")]


@router.get("")
def list_categories(service: ServiceDep) -> Page[CategoryRead]:
    return Page[CategoryRead](items=service.categories(), next_cursor=None)


@router.post(
    "",
    status_code=201,
    dependencies=[manages, changes],
    responses=documented(NotPermitted, SlugTaken),
)
def add_category(new: CategoryCreate, service: ServiceDep, once: OnceDep) -> CategoryRead:
    return once(lambda: service.add_category(new), service.category, SLUG)


@router.patch(
    "/{slug}",
    dependencies=[manages, changes],
    responses=documented(NotPermitted, NotInList, StillInUse),
)
def update_category(slug: SlugInPath, change: CategoryUpdate, service: ServiceDep) -> CategoryRead:
    return service.update_category(slug, change)


@router.delete(
    "/{slug}",
    status_code=204,
    dependencies=[manages, changes],
    responses=documented(NotPermitted, NotInList, StillInUse, ChangedMeanwhile),
)
def delete_category(
    slug: SlugInPath,
    service: ServiceDep,
    database: DatabaseDep,
    session: SessionDep,
    tickets_to: Annotated[Slug | None, Query(description="The category that its tickets go to.")] = None,
) -> None:
    """Deletes the category and what was learned about it. Without `tickets_to`, only a category without tickets. With
    very many tickets it takes minutes, in which the tickets move a thousand at a time; when it is broken off, send it
    again."""
    if tickets_to is None:
        service.delete_category(slug, None)
        return

    def step(own: Session, most: int) -> int:
        service_there = _service_in(own, service.actor)
        return service_there.move_some(slug, tickets_to, DELETE_FIELD, most, with_predictions=False)

    with moved_in_steps(database, session, "category", step):
        service.delete_category(slug, tickets_to)


@router.post(
    "/{slug}/merge",
    dependencies=[manages, changes],
    responses=documented(NotPermitted, NotInList, StillInUse, ChangedMeanwhile),
)
def merge_category(
    slug: SlugInPath,
    merge: CategoryMerge,
    service: ServiceDep,
    database: DatabaseDep,
    session: SessionDep,
    once: OnceDep,
) -> CategoryRead:
    """Moves the category's tickets and what was learned about it to the other category, and deletes the category. Takes
    its time and is sent again as when it is deleted."""

    def step(own: Session, most: int) -> int:
        service_there = _service_in(own, service.actor)
        return service_there.move_some(slug, merge.into, MERGE_FIELD, most, with_predictions=True)

    def merge_the_rest() -> CategoryRead:
        return once(lambda: service.merge_category(slug, merge.into), service.category, SLUG)

    if once.is_used():  # nothing moves for a retry, or for a key of another request
        return merge_the_rest()
    with moved_in_steps(database, session, "category", step):
        return merge_the_rest()


@router.post(
    "/{slug}/phrases",
    status_code=201,
    dependencies=[manages, changes],
    responses=documented(NotPermitted, NotInList, CategoryGoing),
)
def add_phrases(slug: SlugInPath, new: PhrasesCreate, service: ServiceDep, once: OnceDep) -> CategoryRead:
    """Adds phrases as people write them about this category. A phrase that was an example of another category moves
    here."""
    return once(lambda: service.add_phrases(slug, new.phrases), service.category, SLUG)


@router.get("/{slug}/examples", dependencies=[manages], responses=documented(NotPermitted, NotInList))
def list_examples(slug: SlugInPath, query: Annotated[ExampleQuery, Query()], service: ServiceDep) -> Page[ExampleRead]:
    """The category's examples, the newest first."""
    return service.examples(slug, query)


@router.delete(
    "/{slug}/examples/{example_id}",
    status_code=204,
    dependencies=[manages, changes],
    responses=documented(NotPermitted, NotInList),
)
def remove_example(slug: SlugInPath, example_id: ExampleId, service: ServiceDep) -> None:
    """Makes the example inactive, so that it does not count any more."""
    service.remove_example(slug, example_id)
