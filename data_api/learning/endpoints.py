"""Routes for administrators who look after the model that predicts categories."""

from operator import attrgetter
from typing import Annotated

from fastapi import APIRouter, Depends, Path

from contracts.base import MAX_ID
from contracts.categorising import CategorisingReport, ModelRead
from contracts.pages import Page
from contracts.people import Permission
from data_api.access.actor import ActorDep, permitted
from data_api.access.idempotency import OnceDep
from data_api.access.rate_limits import TooManyRequests, changes
from data_api.kit.database import SessionDep
from data_api.kit.settings import SettingsDep
from data_api.learning.errors import KnowsNoCategory, ModelNotFound, StillCurrent
from data_api.learning.prediction_repository import PredictionRepository
from data_api.learning.repository import CategorisingRepository
from data_api.learning.service import CategorisingService
from data_api.lists.lookups import Lookups
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(
    tags=["categorising"],
    route_class=Route,
    dependencies=[Depends(permitted(Permission.LISTS_MANAGE))],
    responses=documented(NotSignedIn, NotPermitted, InvalidInput, TooManyRequests),
)
Id = Annotated[int, Path(ge=1, le=MAX_ID)]


async def _service(session: SessionDep, actor: ActorDep, settings: SettingsDep) -> CategorisingService:
    known, predictions = CategorisingRepository(session), PredictionRepository(session)
    return CategorisingService(actor, known, predictions, Lookups(session), settings.campus_zone)


ServiceDep = Annotated[CategorisingService, Depends(_service, scope="function")]


@router.get("/categorising")
def read_report(service: ServiceDep) -> CategorisingReport:
    """How often the predictions of the last twelve months were right. Counts only tickets that helpdesk staff have
    worked on."""
    return service.report()


@router.get("/categorising/models")
def list_models(service: ServiceDep) -> Page[ModelRead]:
    """The latest fifty models and the current one, the newest first."""
    return Page[ModelRead](items=service.models(), next_cursor=None)


@router.post(
    "/categorising/models/{version}/promote",
    dependencies=[changes],
    responses=documented(ModelNotFound, StillCurrent, KnowsNoCategory),
)
def promote_model(version: Id, service: ServiceDep, once: OnceDep) -> ModelRead:
    """Makes this model the current one. This is also how an earlier model is brought back."""
    return once(lambda: service.promote(version), service.model, attrgetter("version"))
