"""The routes by which administrators look after what was learned."""

from operator import attrgetter
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from contracts.base import MAX_ID, Slug
from contracts.categorising import CategorisingReport, ExampleQuery, ExampleRead, ModelRead, PhrasesCreate
from contracts.lists import CategoryRead
from contracts.pages import Page
from contracts.people import Permission
from data_api.access.actor import ActorDep, permitted
from data_api.access.idempotency import OnceDep
from data_api.access.rate_limits import TooManyRequests, changes
from data_api.errors import CategoryGoing
from data_api.kit.database import SessionDep
from data_api.learning.errors import KnowsNoCategory, ModelNotFound, StillCurrent
from data_api.learning.prediction_repository import PredictionRepository
from data_api.learning.repository import CategorisingRepository
from data_api.learning.service import CategorisingService
from data_api.lists.errors import NotInList
from data_api.lists.repository import ListRepository
from data_api.lookups import Lookups
from data_api.organisation import OrganisationDep
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(
    tags=["categorising"],
    route_class=Route,
    dependencies=[Depends(permitted(Permission.LISTS_MANAGE))],
    responses=documented(NotSignedIn, NotPermitted, InvalidInput, TooManyRequests),
)
SlugInPath = Annotated[Slug, Path()]
Id = Annotated[int, Path(ge=1, le=MAX_ID)]


async def _service(session: SessionDep, actor: ActorDep, organisation: OrganisationDep) -> CategorisingService:
    return CategorisingService(
        actor,
        CategorisingRepository(session),
        PredictionRepository(session),
        ListRepository(session),
        Lookups(session),
        organisation.settings.campus_zone,
    )


ServiceDep = Annotated[CategorisingService, Depends(_service, scope="function")]


@router.get("/categorising")
def read_report(service: ServiceDep) -> CategorisingReport:
    """How often the predictions of the last twelve months were right, of tickets that the desk has worked on."""
    return service.report()


@router.get("/categorising/models")
def list_models(service: ServiceDep) -> Page[ModelRead]:
    """The latest fifty, and the one that predicts, the newest first."""
    return Page[ModelRead](items=service.models(), next_cursor=None)


@router.post(
    "/categorising/models/{version}/promote",
    dependencies=[changes],
    responses=documented(ModelNotFound, StillCurrent, KnowsNoCategory),
)
def promote_model(version: Id, service: ServiceDep, once: OnceDep) -> ModelRead:
    """From now on this one predicts; so an earlier one is brought back."""
    return once(lambda: service.promote(version), service.model, attrgetter("version"))


@router.post(
    "/categories/{slug}/phrases",
    status_code=201,
    dependencies=[changes],
    responses=documented(NotInList, CategoryGoing),
)
def add_phrases(slug: SlugInPath, new: PhrasesCreate, service: ServiceDep, once: OnceDep) -> CategoryRead:
    """More of what people write of it. One that stood elsewhere moves here."""
    return once(lambda: service.add_phrases(slug, new.phrases), service.category, attrgetter("slug"))


@router.get("/categories/{slug}/examples", responses=documented(NotInList))
def list_examples(slug: SlugInPath, query: Annotated[ExampleQuery, Query()], service: ServiceDep) -> Page[ExampleRead]:
    """The texts that it is known by, the newest first."""
    return service.examples(slug, query)


@router.delete(
    "/categories/{slug}/examples/{example_id}",
    status_code=204,
    dependencies=[changes],
    responses=documented(NotInList),
)
def remove_example(slug: SlugInPath, example_id: Id, service: ServiceDep) -> None:
    """It does not count any more."""
    service.remove_example(slug, example_id)
