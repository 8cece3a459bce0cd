"""The routes of the overview."""

from fastapi import APIRouter, Depends

from contracts.desk import Overview, Workload
from contracts.overview import OverviewLists
from contracts.people import Permission
from data_api.access.actor import ActorDep, permitted
from data_api.kit.database import SessionDep
from data_api.kit.settings import SettingsDep
from data_api.overview import service
from data_api.overview.repository import OverviewRepository
from data_api.tickets.endpoints import ServiceDep as TicketServiceDep
from service_kit.errors import NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(route_class=Route, tags=["overview"], responses=documented(NotSignedIn, NotPermitted))


@router.get("/overview", dependencies=[Depends(permitted(Permission.TICKETS_WORK))])
def read_overview(session: SessionDep, actor: ActorDep, settings: SettingsDep) -> Overview:
    """How many tickets there are, who must act next, and what happened last."""
    return service.overview(OverviewRepository(session, actor), settings.campus_zone)


@router.get("/overview/lists", dependencies=[Depends(permitted(Permission.TICKETS_WORK))])
def read_lists(tickets: TicketServiceDep, settings: SettingsDep) -> OverviewLists:
    """The first tickets of the lists with which a day at the helpdesk begins."""
    return service.lists(tickets, settings.campus_zone)


@router.get("/overview/workload", dependencies=[Depends(permitted(Permission.PEOPLE_READ))])
def read_workload(session: SessionDep, actor: ActorDep, settings: SettingsDep) -> Workload:
    """Who has how many tickets that are not closed, beside how many they can work on at the same time."""
    return service.workload(OverviewRepository(session, actor), settings.campus_zone)
