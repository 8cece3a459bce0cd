"""The route of stages."""

from fastapi import APIRouter

from contracts.lists import StageRead
from contracts.pages import Page
from contracts.tickets import Status
from data_api.access.actor import ActorDep
from data_api.kit.database import SessionDep
from data_api.lists.lookups import Lookups
from service_kit.errors import NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(tags=["stages"], route_class=Route, responses=documented(NotSignedIn))


@router.get("/stages")
def list_stages(session: SessionDep, _: ActorDep) -> Page[StageRead]:
    """The board's columns, in order."""
    rows = Lookups(session).stages
    stages = [StageRead(slug=row.slug, name=row.name, status=Status(row.status)) for row in rows]
    return Page[StageRead](items=stages, next_cursor=None)
