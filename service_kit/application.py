"""Creates the FastAPI application of both services."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi_swagger import patch_fastapi
from starlette.middleware import Middleware

from service_kit.bodies import NO_LARGER_BODIES, BoundedBodies, nothing_is_streamed
from service_kit.errors import UnexpectedErrors, install_error_handlers
from service_kit.hosts import KnownHosts, OwnPages, SecurityHeaders
from service_kit.metrics import MeasuredRequests, Metrics
from service_kit.metrics_endpoint import router as metrics_route
from service_kit.origins import allowed_hosts, refuses_proxies
from service_kit.request_ids import RequestIds
from service_kit.security_headers import only_over_tls
from service_kit.settings import Settings
from service_kit.version import lodge_version

# Enough for the longest text of the contracts: 20,000 characters, each of which JSON may encode in twelve bytes. Not
# much more, because each unknown field of a body costs time.
MAX_BODY_BYTES = 256 * 1024
DOCUMENTATION = "/docs"


def create_application(
    settings: Settings,
    *,
    title: str,
    description: str,
    routers: Sequence[APIRouter],
    metrics: Metrics,
    larger_bodies: Mapping[str, int] = NO_LARGER_BODIES,
    is_streamed: Callable[[str, str], bool] = nothing_is_streamed,
    middleware: Sequence[Middleware] = (),
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[Any]] | None = None,
) -> FastAPI:
    """Returns an application with request ids, metrics, the error envelope, bounded bodies and checked hosts.
    `larger_bodies`: for single paths, the limit of a body in bytes. `is_streamed`: whether the route of a method and
    path reads its body itself. `middleware` comes after these, next to the routes."""
    app = FastAPI(
        title=title,
        description=description,
        version=lodge_version(),
        middleware=[*_common_middleware(settings, metrics, larger_bodies, is_streamed), *middleware],
        lifespan=lifespan,
        # Routes are not added by include_router, which creates each route again: that costs a tenth of a second per
        # application, and a tenth of the framework's work for each request.
        routes=[route for router in (*routers, metrics_route) for route in router.routes],
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        separate_input_output_schemas=False,
    )
    app.state.home, app.state.metrics = settings.home, metrics
    install_error_handlers(app)
    # The documentation page loads files of its own instead of another host's, and the browser does not keep a token
    # that is typed there.
    patch_fastapi(
        app,
        DOCUMENTATION,
        redirect_from_root_to_docs=False,
        swagger_ui_parameters={"persistAuthorization": False},
    )
    return app


def _common_middleware(
    settings: Settings,
    metrics: Metrics,
    larger_bodies: Mapping[str, int],
    is_streamed: Callable[[str, str], bool],
) -> list[Middleware]:
    common = [
        Middleware(SecurityHeaders, more=only_over_tls(settings.public_url), documentation=DOCUMENTATION),
        Middleware(RequestIds),
        Middleware(MeasuredRequests, metrics=metrics),
        Middleware(UnexpectedErrors),
        Middleware(OwnPages),
        Middleware(BoundedBodies, max_bytes=MAX_BODY_BYTES, larger=larger_bodies, is_streamed=is_streamed),
    ]
    if (names := allowed_hosts(settings)) is not None:
        common.append(Middleware(KnownHosts, names=names, refuses_proxies=refuses_proxies(settings)))
    return common
