"""Routes for health, and for comparing the replica with the database."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from analytics_api.auth import has_desk_key
from analytics_api.errors import CheckImpossible
from analytics_api.replica.service import ReplicaService
from contracts.analyses import AnalyticsHealth, CheckRead
from service_kit.errors import NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(route_class=Route, tags=["replica"])
bearer = HTTPBearer(auto_error=False, scheme_name="DeskKey", description="The key in LODGE_HOME/secrets/desk-key.")


async def _service(request: Request) -> ReplicaService:
    service: ReplicaService = request.app.state.organisation.replica_service
    return service


ServiceDep = Annotated[ReplicaService, Depends(_service)]


async def _desk_key(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> None:
    """A dependency for routes of the `lodge` command, which no person signs in to: 401 without the desk key."""
    if not has_desk_key(request, credentials):
        raise NotSignedIn


@router.head("/health", include_in_schema=False)
@router.get("/health", responses={503: {"model": AnalyticsHealth, "description": "Degraded; the checks say why."}})
def read_health(response: Response, service: ServiceDep) -> AnalyticsHealth:
    """How old the replica's data are, and how many rows each table has."""
    response.status_code = 200 if service.is_following else 503
    return service.health()


@router.post("/replica/check", dependencies=[Depends(_desk_key)], responses=documented(NotSignedIn, CheckImpossible))
def check_replica(service: ServiceDep) -> CheckRead:
    """Compares every table with the database, both at the same moment. `lodge check` calls this."""
    return service.check()
