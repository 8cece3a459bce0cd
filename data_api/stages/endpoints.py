"""The route that lists stages."""

from fastapi import APIRouter

from contracts.lists import StageRead
from contracts.pages import Page
from contracts.tickets import Status
from data_api.access.actor import ActorDep
from data_api.kit.database import SessionDep
from data_api.lists.lookups import Lookups
from data_api.models import Stage
from service_kit.errors import NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(tags=["stages"], route_class=Route, responses=documented(NotSignedIn))


@router.get("/stages")
def list_stages(session: SessionDep, _: ActorDep) -> Page[StageRead]:
    """The board's columns, in order."""
    rows = Lookups(session).stages
    return Page[StageRead](items=list(map(_stage_read, rows)), next_cursor=None)


def _stage_read(row: Stage) -> StageRead:
    return StageRead(
        slug=row.slug,
        name=row.name,
        status=Status(row.status),
        waits_for_requester=row.waits_for_requester,
        work_resumes_here=row.work_resumes_here,
    )
