"""The cookie that holds the session's token, and the one that marks a browser before somebody signs in with it. Scripts
cannot read them; only this server does."""

import hashlib
from datetime import UTC, datetime

from starlette.responses import Response

from streamlit_app.client.environment import public_url


def cookie_name(host: str) -> str:
    """Returns a name that contains the port: browsers send a host's cookies to all its ports, and two installations on
    one host must not share a session."""
    return _name(host, "session")


def mark_name(host: str) -> str:
    return _name(host, "browser")


def _name(host: str, kind: str) -> str:
    """With `__Host-`, browsers take a cookie from this very host only. Otherwise any other site of the campus could set
    it for the whole domain, and so sign people in as somebody else."""
    _, _, port = host.rpartition(":")
    prefix = "__Host-" if (public_url() or "").startswith("https:") else ""
    return f"{prefix}lodge_{kind}_{port}" if port.isdigit() else f"{prefix}lodge_{kind}"


def fingerprint(token: str) -> str:
    """Returns what tells one token from another without telling the token, for the pages' scripts."""
    return hashlib.sha256(token.encode()).hexdigest()[:32]


def keep_token(response: Response, host: str, token: str, expires_at: datetime, *, secure: bool) -> None:
    """Sets the cookie, with SameSite=Strict. Links from other sites still work, because pages fetch everything over a
    connection that they open themselves."""
    lifetime = max(0, int((expires_at - datetime.now(UTC)).total_seconds()))
    response.set_cookie(
        cookie_name(host), token, max_age=lifetime, path="/", secure=secure, httponly=True, samesite="strict"
    )


def keep_mark(response: Response, host: str, mark: str, *, secure: bool) -> None:
    """Sets the browser's mark until it is closed. SameSite is Lax, so that a link on another site does not replace the
    mark that an open page of ours has."""
    response.set_cookie(mark_name(host), mark, path="/", secure=secure, httponly=True, samesite="lax")


def drop_token(response: Response, host: str, *, secure: bool) -> None:
    response.delete_cookie(cookie_name(host), path="/", secure=secure, httponly=True, samesite="strict")
