"""Signing in through the campus's identity provider (OpenID Connect): the browser goes there and comes back."""

from typing import Annotated

from pydantic import Field, StringConstraints

from contracts.base import Input, Output, Secret
from contracts.sessions import BrowserMark, SessionRead

# Where the pages are, as browsers write it in the Origin header.
Origin = Annotated[str, StringConstraints(pattern=r"^https?://[a-z0-9._:\[\]-]+$", max_length=300)]
# An address of the pages without their origin. Browsers take // and /\ for the beginning of another host.
LocalAddress = Annotated[str, StringConstraints(pattern=r"^/([^/\\\x00-\x20][^\\\x00-\x20]*)?$", max_length=2_000)]


class OidcBegin(Input):
    """`browser` says which browser it is for; only that one can finish the sign-in. `return_to` is the page that the
    person wanted."""

    browser: BrowserMark
    origin: Origin
    return_to: LocalAddress = "/"


class OidcBegun(Output):
    url: str = Field(description="Where the browser goes to sign in with the identity provider, within ten minutes.")


class OidcFinish(Input):
    """What the identity provider sent the browser back with."""

    state: Secret = Field(repr=False)
    code: Annotated[str, StringConstraints(min_length=1, max_length=8_000)] = Field(repr=False)
    browser: BrowserMark


class OidcFinished(SessionRead):
    return_to: str


class OidcEnd(Input):
    origin: Origin


class OidcEnded(Output):
    url: str | None = Field(description="Where the browser signs out of the identity provider too; null for nowhere.")
