"""Checks the settings of signing in through an identity provider (OpenID Connect)."""

import re
from urllib.parse import urlsplit

THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")


def is_protected(url: str) -> bool:
    """Whether nobody on the way can read or change what is sent to this URL: https, or http to this machine."""
    try:
        parts = urlsplit(url)
        is_local = parts.scheme == "http" and parts.hostname in THIS_MACHINE
        return bool(parts.hostname) and (parts.scheme == "https" or is_local) and parts.port != 0
    except ValueError:
        return False


def issuer_url(url: str | None) -> str | None:
    """Returns None for an empty one. Raises ValueError."""
    if not url:
        return None
    if not is_protected(url) or urlsplit(url).query or urlsplit(url).fragment or "@" in url:
        raise ValueError(
            "must be the issuer of your identity provider, such as https://id.example.edu/realms/campus; "
            "http:// is only for a provider on this machine"
        )
    return url


def scopes(listed: str) -> str:
    """Returns the scopes separated by single spaces. Raises ValueError."""
    named = listed.replace(",", " ").split()
    if "openid" not in named or not all(SCOPE.fullmatch(one) for one in named):
        raise ValueError("must name scopes such as openid email profile, and openid among them")
    return " ".join(dict.fromkeys(named))


def domains(listed: str) -> str:
    """Returns the domains of mail addresses in lower case, separated by commas. Raises ValueError."""
    named = [one.strip().lower() for one in listed.split(",") if one.strip()]
    for one in named:
        if not DOMAIN.fullmatch(one):
            raise ValueError(f"{one!r} is not the domain of mail addresses, such as example.edu")
    return ",".join(named)


def given_by_groups(listed: str) -> str:
    """Checks what groups give, such as "helpdesk-staff:agent,it-admins:admin", and returns it without blanks. Raises
    ValueError."""
    for one in pairs(listed):
        if not (one[0] and SLUG.fullmatch(one[1])):
            raise ValueError(f"{':'.join(one)!r} is not such as helpdesk-staff:agent, a group and what it gives")
    return ",".join(":".join(one) for one in pairs(listed))


def pairs(listed: str) -> list[tuple[str, str]]:
    """Splits at the last colon: the names of groups may contain colons."""
    named = (one.rpartition(":") for one in listed.split(",") if one.strip())
    return [(group.strip(), given.strip()) for group, _, given in named]
