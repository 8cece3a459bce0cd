"""Who has signed in with the identity provider, as its ID token tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase
from typing import Any

import structlog
from pydantic import TypeAdapter, ValidationError

from contracts.base import Email, Name, one_line
from service_kit.settings import Settings

log = structlog.get_logger()

YES = (True, "true", "1")
_EMAIL, _NAME = TypeAdapter(Email), TypeAdapter(Name)
_SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)


@dataclass(frozen=True)
class SignedInPerson:
    """`email` is None unless the provider says that it is this person's. `groups` holds the address too, so that the
    settings can name one person."""

    issuer: str
    subject: str
    name: str
    email: str | None
    groups: frozenset[str]


def signed_in_person(claims: Mapping[str, Any], settings: Settings) -> SignedInPerson:
    email = _verified_email(claims)
    groups = _groups(claims, settings.oidc_groups_claim)
    return SignedInPerson(
        issuer=claims["iss"],
        subject=claims["sub"],
        name=_name(claims, email),
        email=email,
        groups=groups | ({email} if email else set()),
    )


def is_welcome(signed_in: SignedInPerson, settings: Settings) -> bool:
    """Whether the address is of one of the domains that may sign in, if the settings name some."""
    domains = settings.oidc_domains
    return not domains or (signed_in.email or "").rpartition("@")[2] in domains.split(",")


def _verified_email(claims: Mapping[str, Any]) -> str | None:
    # Entra ID has no email_verified; instead it says whether the organisation owns the address's domain.
    if claims.get("email_verified", claims.get("xms_edov")) not in YES:
        return None
    claimed: Any = claims.get("email")
    try:
        email: str = _EMAIL.validate_python(claimed)
    except ValidationError:
        return None
    # To the provider, an address with a Kelvin sign or an invisible character is another one than with a plain k.
    return email if claimed.strip().translate(_SMALL) == email else None


def _name(claims: Mapping[str, Any], email: str | None) -> str:
    whole = " ".join(str(claims[part]) for part in ("given_name", "family_name") if claims.get(part))
    known = (claims.get("name"), whole, claims.get("preferred_username"), (email or "").partition("@")[0])
    for one in known:
        try:
            return _NAME.validate_python(one_line(one)[:100] if isinstance(one, str) else one)
        except ValidationError:
            continue
    return "Somebody"


def _groups(claims: Mapping[str, Any], claim: str) -> frozenset[str]:
    """Returns the names of the groups. `claim` may also be a path such as realm_access.roles."""
    found: Any = claims
    for part in [claim] if claim in claims else claim.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    left_out = claims.get("_claim_names")
    if found is None and isinstance(left_out, Mapping) and claim in left_out:
        log.warning("the identity provider leaves out the groups of somebody who is in too many", claim=claim)
    named = found if isinstance(found, list) else [found]
    return frozenset(one for one in named if isinstance(one, str))
