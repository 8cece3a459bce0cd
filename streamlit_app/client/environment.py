"""What the launcher passes to this process: the URLs of the APIs, the host names that Lodge answers to, and its home
folder."""

from functools import cache
from pathlib import Path

from contracts.desk import SignIn
from service_kit.origins import allowed_hosts, refuses_proxies
from service_kit.settings import Settings


@cache
def data_api_url() -> str:
    return Settings().data_api_url.rstrip("/")


@cache
def analytics_api_url() -> str:
    return Settings().analytics_api_url.rstrip("/")


@cache
def home() -> Path:
    return Settings().home


@cache
def are_limits_on() -> bool:
    return Settings().rate_limits


@cache
def most_upload_bytes() -> int:
    """Returns the largest body of an upload: the file and the form around it."""
    settings = Settings()
    return (max(settings.attachment_mb, settings.video_mb) + 1) * 1024 * 1024


@cache
def answered_names() -> frozenset[str] | None:
    """Returns the accepted Host names in lower case, without a port; None accepts any."""
    return allowed_hosts(Settings())


@cache
def are_passwords_used() -> bool:
    return SignIn.PASSWORD in Settings().ways_in


@cache
def is_provider_used() -> bool:
    """Whether people may sign in through an identity provider."""
    return SignIn.OIDC in Settings().ways_in


@cache
def is_closed_to_proxies() -> bool:
    return refuses_proxies(Settings())


@cache
def public_url() -> str | None:
    """The origin that browsers see when Lodge is behind a reverse proxy, such as https://helpdesk.example.edu;
    otherwise None."""
    return Settings().public_url
