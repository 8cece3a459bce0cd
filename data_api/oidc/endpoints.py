"""The routes of signing in through the identity provider."""

from typing import Annotated

from fastapi import APIRouter, Depends

from contracts.oidc import OidcBegun, OidcEnd, OidcEnded, OidcFinished
from data_api.access.actor import ActorDep
from data_api.access.rate_limits import TooManyRequests, limit_redeeming, limit_sign_in
from data_api.credentials.repository import CredentialRepository
from data_api.kit.database import SessionDep
from data_api.kit.settings import SettingsDep
from data_api.oidc.dependencies import BegunDep, EndAddressDep, ProofDep, ProviderDep, oidc_sign_in, origin_of
from data_api.oidc.errors import (
    AddressInUse,
    AddressNotVerified,
    AddressOutside,
    IdTokenNotValid,
    ProviderAway,
    ProviderMisconfigured,
    SignInNotBegun,
)
from data_api.oidc.repository import OidcRepository
from data_api.oidc.service import OidcService
from data_api.sessions.dependencies import BrowserDep
from data_api.sessions.repository import SessionRepository
from data_api.sessions.service import SessionService
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

router = APIRouter(prefix="/sessions/oidc", route_class=Route, tags=["sessions"])


async def _service(session: SessionDep, settings: SettingsDep, browser: BrowserDep) -> OidcService:
    sessions = SessionService(SessionRepository(session), CredentialRepository(session), settings, browser)
    return OidcService(OidcRepository(session), sessions, settings)


ServiceDep = Annotated[OidcService, Depends(_service, scope="function")]


# Dependencies are solved in their order: the provider is asked before the service takes a connection.
@router.post(
    "/begin",
    status_code=201,
    dependencies=[Depends(oidc_sign_in), Depends(limit_sign_in)],
    responses=documented(NotPermitted, InvalidInput, TooManyRequests, ProviderAway, ProviderMisconfigured),
)
def begin(begun: BegunDep, service: ServiceDep) -> OidcBegun:
    """Begin to sign in for a browser, which then goes to the identity provider."""
    return service.begin(begun)


@router.post(
    "/finish",
    status_code=201,
    dependencies=[Depends(oidc_sign_in), Depends(limit_redeeming)],
    responses=documented(
        *(SignInNotBegun, IdTokenNotValid, NotPermitted, AddressNotVerified, AddressOutside, AddressInUse),
        *(InvalidInput, TooManyRequests, ProviderAway, ProviderMisconfigured),
    ),
)
def finish(proof: ProofDep, service: ServiceDep) -> OidcFinished:
    """Exchange what the identity provider sent the browser back with for a token. It works once."""
    return service.finish(proof)


@router.post("/end", responses=documented(NotSignedIn, InvalidInput))
def end(
    wish: OidcEnd,
    address: EndAddressDep,
    actor: ActorDep,
    service: ServiceDep,
    provider: ProviderDep,
    settings: SettingsDep,
) -> OidcEnded:
    """Sign out, as `DELETE /sessions/current` does, and learn where the browser signs out of the provider too."""
    id_token = service.end(actor)
    origin = origin_of(wish.origin, settings)
    return OidcEnded(url=provider.sign_out_url(address, id_token, origin) if address else None)
