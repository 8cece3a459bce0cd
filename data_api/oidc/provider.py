"""The campus's identity provider: what it publishes about itself, its keys, and the exchange of a code for an ID token.

Nothing here holds a connection to the database. What the provider publishes is kept for a while, in each process.
"""

import asyncio
import hashlib
import ssl
import time
from base64 import urlsafe_b64encode
from functools import cache
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

import httpx
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import AfterValidator, BaseModel, ValidationError

from data_api.oidc.errors import ProviderAway, ProviderMisconfigured, SignInNotBegun
from service_kit.desk_key import read_secret
from service_kit.oidc_settings import THIS_MACHINE, is_protected
from service_kit.settings import Settings

log = structlog.get_logger()

PATIENCE_SECONDS = 5.0
MOST_BYTES = 2_000_000
PUBLISHED_SECONDS = 3600.0
# A key that the provider has withdrawn is accepted no longer than this.
KEYS_SECONDS = 600.0
# An unknown key, or a provider that did not answer, is asked about this often at most.
ASK_AGAIN_SECONDS = 5.0


def _protected(url: str) -> str:
    if not is_protected(url):
        raise ValueError("must be https")
    return url


ProtectedUrl = Annotated[str, AfterValidator(_protected)]


class Metadata(BaseModel):
    """What the provider publishes about itself (OpenID Connect Discovery)."""

    issuer: str
    authorization_endpoint: ProtectedUrl
    token_endpoint: ProtectedUrl
    jwks_uri: ProtectedUrl
    end_session_endpoint: ProtectedUrl | None = None
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]


class Provider:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._turn = asyncio.Lock()
        self._metadata: Metadata | None = None
        self._metadata_at = self._keys_at = self._away_at = -PUBLISHED_SECONDS
        self._keys = KeySet([])

    @property
    def client_id(self) -> str:
        return self._settings.oidc_client_id or ""

    async def metadata(self) -> Metadata:
        """Raises ProviderAway, ProviderMisconfigured. While the provider is away, the former answer is good enough."""
        async with self._turn:
            if self._metadata and time.monotonic() - self._metadata_at < PUBLISHED_SECONDS:
                return self._metadata
            try:
                self._metadata = await self._published()
                self._metadata_at = time.monotonic()
            except ProviderAway:
                if self._metadata is None:
                    raise
            return self._metadata

    async def keys(self, key_id: str | None) -> KeySet:
        """Returns the provider's keys; asks for them again if this one is not among them. Raises ProviderAway,
        ProviderMisconfigured."""
        address = (await self.metadata()).jwks_uri
        async with self._turn:
            age = time.monotonic() - self._keys_at
            is_known = any(key.kid == key_id for key in self._keys) or (key_id is None and bool(self._keys))
            if age > KEYS_SECONDS or (not is_known and age > ASK_AGAIN_SECONDS):
                document = _json(await self._send("GET", address))
                try:
                    self._keys = KeySet.import_key_set(document)  # type: ignore[arg-type]
                except (JoseError, ValueError, KeyError, TypeError) as error:
                    raise _misfit("the keys of the provider cannot be read", error=type(error).__name__) from None
                self._keys_at = time.monotonic()
            return self._keys

    async def sign_in_url(self, *, state: str, nonce: str, code_verifier: str, redirect_uri: str) -> str:
        digest = hashlib.sha256(code_verifier.encode()).digest()
        return _with_query(
            (await self.metadata()).authorization_endpoint,
            response_type="code",
            client_id=self.client_id,
            scope=self._settings.oidc_scopes,
            redirect_uri=redirect_uri,
            state=state,
            nonce=nonce,
            code_challenge=urlsafe_b64encode(digest).rstrip(b"=").decode(),
            code_challenge_method="S256",
        )

    async def id_token(self, *, code: str, code_verifier: str, redirect_uri: str) -> str:
        """Exchanges the code for an ID token, which is not verified yet. Raises SignInNotBegun for a code that is not
        valid, ProviderAway, ProviderMisconfigured."""
        metadata = await self.metadata()
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        form["code_verifier"] = code_verifier
        auth: httpx.BasicAuth | None = None
        secret = self._client_secret()
        if secret and "client_secret_basic" in metadata.token_endpoint_auth_methods_supported:
            auth = httpx.BasicAuth(quote(self.client_id, safe=""), quote(secret, safe=""))
        else:
            form |= {"client_id": self.client_id} | ({"client_secret": secret} if secret else {})
        answer = await self._send("POST", metadata.token_endpoint, data=form, auth=auth)
        told = _json(answer)
        if answer.status_code != 200:
            # One of the words of RFC 6749, such as invalid_client.
            word = str(told.get("error"))[:40]
            if word == "invalid_grant":
                raise SignInNotBegun
            raise _misfit("the provider refuses the desk", status=answer.status_code, error=word)
        id_token = told.get("id_token")
        if not isinstance(id_token, str):
            raise _misfit("the provider sends no ID token; is openid among LODGE_OIDC_SCOPES?")
        return id_token

    def sign_out_url(self, address: str, id_token: str | None, origin: str) -> str:
        """Returns where a browser signs out of the provider, and then comes back. `address` is its
        `end_session_endpoint`."""
        hint = {"id_token_hint": id_token} if id_token else {}
        return _with_query(address, client_id=self.client_id, post_logout_redirect_uri=f"{origin}/", **hint)

    def _client_secret(self) -> str | None:
        return self._settings.oidc_secret or read_secret(self._settings.home / "secrets" / "oidc-client-secret")

    async def _published(self) -> Metadata:
        issuer = (self._settings.oidc_issuer or "").rstrip("/")
        answer = await self._send("GET", f"{issuer}/.well-known/openid-configuration")
        if answer.status_code != 200:
            raise _misfit("LODGE_OIDC_ISSUER has no /.well-known/openid-configuration", status=answer.status_code)
        try:
            found = Metadata.model_validate(_json(answer))
        except ValidationError as error:
            wrong = [".".join(map(str, fault["loc"])) for fault in error.errors()]
            raise _misfit("what the provider publishes about itself cannot be used", fields=wrong) from None
        if found.issuer.rstrip("/") != issuer:
            raise _misfit("the provider calls itself otherwise than LODGE_OIDC_ISSUER", issuer=found.issuer[:200])
        return found

    async def _send(self, method: str, url: str, **what: Any) -> httpx.Response:
        """Raises ProviderAway, also for a while after the provider did not answer: otherwise everybody who signs in
        would wait as long as the first one."""
        if time.monotonic() - self._away_at < ASK_AGAIN_SECONDS:
            raise ProviderAway
        try:
            # The desk may need a proxy to reach the provider, but not for one on this machine.
            is_elsewhere = urlsplit(url).hostname not in THIS_MACHINE
            async with (
                asyncio.timeout(PATIENCE_SECONDS),  # httpx bounds only the pause between two pieces of an answer
                httpx.AsyncClient(timeout=PATIENCE_SECONDS, verify=_tls(), trust_env=is_elsewhere) as client,
                client.stream(method, url, headers={"Accept": "application/json"}, **what) as streamed,
            ):
                answer = await _whole(streamed)
        except (httpx.HTTPError, TimeoutError) as error:
            self._away_at = time.monotonic()
            log.warning("the identity provider does not answer", error=type(error).__name__)
            raise ProviderAway from None
        if answer.status_code >= 500:
            log.warning("the identity provider does not answer", status=answer.status_code)
            raise ProviderAway
        return answer


@cache
def _tls() -> ssl.SSLContext:
    """One for all requests, because creating one takes a tenth of a second."""
    return ssl.create_default_context()


async def _whole(answer: httpx.Response) -> httpx.Response:
    """Returns the answer with its body. Raises httpx.DecodingError for one that is too long, also when unpacked."""
    body = b""
    async for piece in answer.aiter_bytes():
        body += piece
        if len(body) > MOST_BYTES:
            raise httpx.DecodingError("the provider's answer is too long")
    return httpx.Response(answer.status_code, content=body)


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _misfit("the provider answers with something else than JSON", status=answer.status_code)
    return found


def _misfit(why: str, **what: object) -> ProviderMisconfigured:
    log.error("nobody can sign in through the identity provider", why=why, **what)
    return ProviderMisconfigured()


def _with_query(url: str, **query: str) -> str:
    return str(httpx.URL(url).copy_merge_params(query))
