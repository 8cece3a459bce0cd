"""An identity provider that says whatever a test wants, also what no honest one would say. It is served over HTTP in
the test's own process."""

import asyncio
import base64
import gzip
import hashlib
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from tests.support.api import Api, done
from tests.support.serving import served

CLIENT, SECRET = "lodge", "the client's secret: %5 ü"
BROWSER = "0123456789abcdef" * 2
PACKED = gzip.compress(b" " * 20_000_000, 1)
ORIGIN = "http://127.0.0.1:8501"


class Issuer:
    """`url` is where it is served. `published` overrides what it publishes about itself. With `is_broken` it answers
    every request with an error. `keys_asked` counts how often its keys were fetched. With `floods` its answer to a code
    is "endless", "packed" (grows when it is unpacked) or "slow"; `flooded` counts the bytes that it sent."""

    def __init__(self) -> None:
        self.url = ""
        self.key = new_key()
        self.published: dict[str, Any] = {}
        self.is_broken = False
        self.keys_asked = 0
        self.floods = ""
        self.flooded = 0
        self.tokens: dict[str, tuple[str, str]] = {}
        self.app = FastAPI(title="Issuer")
        self.app.get("/.well-known/openid-configuration")(self._about)
        self.app.get("/keys")(self._keys)
        self.app.post("/token")(self._token)

    def settings(self, **others: str) -> dict[str, str]:
        return {
            "LODGE_SIGN_IN": "password,oidc",
            "LODGE_OIDC_ISSUER": self.url,
            "LODGE_OIDC_CLIENT_ID": CLIENT,
            "LODGE_OIDC_CLIENT_SECRET": SECRET,
            **others,
        }

    def claims(self, begun: dict[str, str], **changes: Any) -> dict[str, Any]:
        """Returns what an honest provider says of Mia Rossi, with `changes`; None leaves a claim out."""
        now = int(time.time())
        usual = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": "mia",
            "name": "Mia Rossi",
            "email": "mia@example.edu",
            "email_verified": True,
            "nonce": begun["nonce"],
            "iat": now,
            "exp": now + 300,
        }
        return {name: value for name, value in (usual | changes).items() if value is not None}

    def signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def code_for(self, begun: dict[str, str], id_token: str) -> str:
        """Returns the code with which the desk gets this ID token."""
        code = secrets.token_urlsafe()
        self.tokens[code] = begun["code_challenge"], id_token
        return code

    async def _about(self, response: Response) -> dict[str, Any]:
        response.status_code = 500 if self.is_broken else 200
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize?campus=north",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "end_session_endpoint": f"{self.url}/end",
            **self.published,
        }

    async def _keys(self) -> dict[str, Any]:
        self.keys_asked += 1
        return dict(KeySet([self.key]).as_dict())

    async def _flood(self) -> AsyncIterator[bytes]:
        """Ends after 100 MB or five seconds, for a client that never gives up."""
        if self.floods == "packed":
            yield PACKED
            return
        piece = b" " * (1 if self.floods == "slow" else 1_000_000)
        for _ in range(100):
            yield piece
            self.flooded += len(piece)
            await asyncio.sleep(0.05 if self.floods == "slow" else 0)

    async def _token(self, request: Request) -> Response:
        if self.floods:
            packed = {"Content-Encoding": "gzip"} if self.floods == "packed" else {}
            return StreamingResponse(self._flood(), headers=packed)
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        sent = base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()
        if [unquote(part) for part in sent.split(":")] != [CLIENT, SECRET]:
            return JSONResponse({"error": "invalid_client", "error_description": f"not {SECRET}"}, 401)
        challenge, id_token = self.tokens.pop(form["code"], ("", ""))
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != challenge:
            return JSONResponse({"error": "invalid_grant"}, 400)
        assert form["redirect_uri"] == f"{ORIGIN}/oidc/callback"
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": id_token})


def new_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"use": "sig", "kid": secrets.token_hex(8)})


@contextmanager
def issuing() -> Iterator[Issuer]:
    issuer = Issuer()
    with served(issuer.app) as issuer.url:
        yield issuer


def begin(desk: Api, return_to: str = "/") -> dict[str, str]:
    """Returns what the desk tells the provider in the address that the browser goes to."""
    wish = {"browser": BROWSER, "origin": ORIGIN, "return_to": return_to}
    url = done(desk.post("/sessions/oidc/begin", json=wish), 201)["url"]
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def finish(desk: Api, state: str, code: str, browser: str = BROWSER) -> httpx.Response:
    return desk.post("/sessions/oidc/finish", json={"state": state, "code": code, "browser": browser})


def enter(desk: Api, issuer: Issuer, **changes: Any) -> httpx.Response:
    """Signs in whom the provider tells of; `changes` are those of `Issuer.claims`."""
    begun = begin(desk)
    return finish(desk, begun["state"], issuer.code_for(begun, issuer.signed(issuer.claims(begun, **changes))))
