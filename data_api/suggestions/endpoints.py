"""Routes that help while a report is written, and the one that explains a ticket's category afterwards. They are
registered before the routes of a single ticket, because their paths overlap."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from contracts.categorising import CategoryReasonRead
from contracts.pages import Page, PageQuery
from contracts.people import Permission
from contracts.suggestions import MeTooCreate, MeTooRead, MeToosSeen, Ref, SuggestionCreate, SuggestionRead
from data_api.access.actor import ActorDep, permitted
from data_api.access.idempotency import OnceDep
from data_api.access.rate_limits import Limited, TooManyRequests, changes, limited
from data_api.kit.database import SessionDep
from data_api.learning.dependencies import CategoriserDep
from data_api.learning.prediction_repository import PredictionRepository
from data_api.lists.lookups import Lookups
from data_api.similar.dependencies import SimilarDep
from data_api.similar.errors import NothingToConfirm, ReportedByYourself
from data_api.suggestions.category_reasons import CategoryReasons
from data_api.suggestions.errors import NothingSuggested
from data_api.suggestions.service import SuggestionService
from data_api.tickets.endpoints import TicketId
from data_api.tickets.errors import TicketNotFound
from data_api.tickets.repository import TicketRepository
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(
    prefix="/tickets",
    tags=["suggestions"],
    route_class=Route,
    dependencies=[Depends(permitted(Permission.TICKETS_REPORT))],
    responses=documented(NotSignedIn, NotPermitted, InvalidInput, TooManyRequests),
)

reasons = APIRouter(
    prefix="/tickets", tags=["tickets"], route_class=Route, responses=documented(NotSignedIn, InvalidInput)
)


@router.post(
    "/suggestions", dependencies=[Depends(limited(Limited.SUGGESTION))], responses=documented(NothingSuggested)
)
def suggest(
    report: SuggestionCreate, session: SessionDep, similar: SimilarDep, categoriser: CategoriserDep
) -> SuggestionRead:
    """The category that is predicted from the text, and reports that may be about the same problem. Nothing is
    stored."""
    return SuggestionService(categoriser, Lookups(session), similar).suggest(report)


@router.post("/me-too", dependencies=[changes], responses=documented(NothingToConfirm, ReportedByYourself))
def confirm_report(report: MeTooCreate, similar: SimilarDep, once: OnceDep) -> MeTooRead:
    """Confirms that I have the same problem. This counts as a report, and I am shown its status, but I cannot read the
    ticket."""
    return once(lambda: similar.confirm(report.ref), similar.confirmation, lambda _: similar.named_by(report.ref))


@router.delete("/me-too", status_code=204, dependencies=[changes])
def take_back(ref: Annotated[Ref, Query()], similar: SimilarDep) -> None:
    """Takes back that I confirmed a report."""
    similar.take_back(ref)


@router.get("/me-too")
def list_confirmed(query: Annotated[PageQuery, Query()], similar: SimilarDep) -> Page[MeTooRead]:
    """The reports that I confirmed, the latest first."""
    return similar.confirmed(query)


@router.put("/me-too/seen", status_code=204, dependencies=[changes])
def see_confirmed(shown: MeToosSeen, similar: SimilarDep) -> None:
    """Marks the reports as seen by me, each with the status that I was shown."""
    similar.see(shown)


@reasons.get("/{ticket_id}/category", responses=documented(TicketNotFound, NotPermitted))
def read_category_reason(ticket_id: TicketId, session: SessionDep, actor: ActorDep) -> CategoryReasonRead:
    """Why the ticket is in its category. For staff only."""
    predictions = PredictionRepository(session)
    return CategoryReasons(actor, TicketRepository(session), predictions, Lookups(session)).read(ticket_id)
