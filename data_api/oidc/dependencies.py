"""What a sign-in through the identity provider needs before its transaction begins: the provider is asked while no
connection to the database is held."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session

from contracts.desk import SignIn
from contracts.oidc import OidcBegin, OidcFinish
from data_api.access.actor import token_hash
from data_api.kit.database import Database, DatabaseDep
from data_api.kit.settings import SettingsDep
from data_api.models import OidcStart
from data_api.oidc.errors import ProviderAway, ProviderMisconfigured, SignInNotBegun
from data_api.oidc.id_tokens import verified_claims
from data_api.oidc.provider import Provider
from data_api.oidc.repository import OidcRepository
from data_api.oidc.service import Begun, Proof
from data_api.oidc.signed_in import signed_in_person
from service_kit.errors import NotPermitted
from service_kit.settings import Settings

CALLBACK = "/oidc/callback"
BEGUN_MINUTES = 10


async def oidc_sign_in(settings: SettingsDep) -> None:
    """Raises NotPermitted where nobody signs in through an identity provider."""
    if SignIn.OIDC not in settings.ways_in:
        raise NotPermitted("Nobody signs in to this desk through an identity provider.")


async def _provider(request: Request) -> Provider:
    provider: Provider = request.app.state.organisation.provider
    return provider


ProviderDep = Annotated[Provider, Depends(_provider)]


def origin_of(told: str, settings: Settings) -> str:
    """Returns where people come back to from the provider: never to an address of the request's choice, if the desk
    knows its own."""
    return settings.public_url or told


async def _begun(wish: OidcBegin, provider: ProviderDep, settings: SettingsDep) -> Begun:
    """Raises ProviderAway, ProviderMisconfigured."""
    state, nonce, code_verifier = (secrets.token_urlsafe(48) for _ in range(3))
    redirect_uri = f"{origin_of(wish.origin, settings)}{CALLBACK}"
    url = await provider.sign_in_url(state=state, nonce=nonce, code_verifier=code_verifier, redirect_uri=redirect_uri)
    start = OidcStart(
        state_hash=token_hash(state),
        browser=wish.browser,
        nonce_hash=token_hash(nonce),
        code_verifier=code_verifier,
        redirect_uri=redirect_uri,
        return_to=wish.return_to,
        expires_at=datetime.now(UTC) + timedelta(minutes=BEGUN_MINUTES),
    )
    return Begun(start, url)


async def _proof(wish: OidcFinish, database: DatabaseDep, provider: ProviderDep, settings: SettingsDep) -> Proof:
    """What the browser began is used up first and at once, so that no answer of the provider is accepted twice. Raises
    SignInNotBegun, IdTokenNotValid, ProviderAway, ProviderMisconfigured."""
    async with database.at_once:
        start = await run_in_threadpool(_use_start, database, wish)
    if start is None:
        raise SignInNotBegun
    id_token = await provider.id_token(
        code=wish.code, code_verifier=start.code_verifier, redirect_uri=start.redirect_uri
    )
    claims = await verified_claims(id_token, provider, start.nonce_hash)
    return Proof(signed_in_person(claims, settings), id_token, start.return_to)


def _use_start(database: Database, wish: OidcFinish) -> OidcStart | None:
    with Session(database.autocommit, expire_on_commit=False) as session:
        return OidcRepository(session).use_start(token_hash(wish.state), wish.browser)


async def _end_address(settings: SettingsDep, provider: ProviderDep) -> str | None:
    """Where people sign out of the provider; None if there is no such place, or the provider is away."""
    if SignIn.OIDC not in settings.ways_in:
        return None
    try:
        return (await provider.metadata()).end_session_endpoint
    except (ProviderAway, ProviderMisconfigured):
        return None


BegunDep = Annotated[Begun, Depends(_begun)]
ProofDep = Annotated[Proof, Depends(_proof)]
EndAddressDep = Annotated[str | None, Depends(_end_address)]
