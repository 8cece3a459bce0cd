"""The route at which both APIs tell their figures."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from service_kit.errors import NotSignedIn, documented
from service_kit.metrics import Metrics
from service_kit.metrics_token import is_metrics_token
from service_kit.routing import Route

router = APIRouter(route_class=Route, tags=["monitoring"])
bearer = HTTPBearer(
    auto_error=False, scheme_name="MetricsToken", description="The token in LODGE_HOME/secrets/metrics-token."
)


async def _metrics(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> Metrics:
    """A dependency that gives the figures to whoever sends the metrics token; 401 for all others."""
    state = request.app.state
    if credentials is None or not is_metrics_token(credentials.credentials, state.home):
        raise NotSignedIn
    metrics: Metrics = state.metrics
    return metrics


@router.get(
    "/metrics",
    response_class=Response,
    responses={
        **documented(NotSignedIn),
        200: {"content": {"text/plain": {}}, "description": "Prometheus's text format."},
    },
)
def read_metrics(metrics: Annotated[Metrics, Depends(_metrics)]) -> Response:
    """The figures of this service for Prometheus, over all of its processes."""
    return Response(metrics.exposition(), media_type=CONTENT_TYPE_PLAIN_0_0_4)
