"""Every setting, from the environment (`LODGE_…`) or a `.env` file."""

import ipaddress
import os
import re
from contextlib import suppress
from datetime import timedelta
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from contracts.attachments import MOST_WITH_ONE_TEXT
from contracts.desk import SignIn, StudentsSee
from service_kit.oidc_settings import domains, given_by_groups, issuer_url, pairs, scopes

DATABASE_URL_EXAMPLE = "postgresql://user:password@host:5432/name"
ORIGIN = re.compile(r"(https?)://(?:\[([0-9a-f:.]+)\]|([^\s/?#@:\[\]\\]+))(?::(\d{1,5}))?/?", re.IGNORECASE)
# A name or an IPv4 address. An IPv6 address is recognised before.
HOST_NAME = re.compile(r"[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?\.?", re.IGNORECASE)
DEFAULT_PORTS = {"http": 80, "https": 443}
USUALLY_MOST_WORKERS = 4
LogFormat = Literal["plain", "json"]
PROJECT = Path(__file__).resolve().parents[1]
NAMES_A_SETTING = re.compile(r"^\s*(export\s+)?LODGE_", re.IGNORECASE | re.MULTILINE)


def project_folder() -> Path:
    """Returns the folder of the sources that run, or the working folder if Lodge is installed without its sources."""
    return PROJECT if (PROJECT / "pyproject.toml").is_file() else Path.cwd()


def usual_home() -> Path:
    return project_folder() / "var"


def settings_file() -> Path:
    """Returns the path of the `.env` to read: the working folder's if it names settings of Lodge, else the project's.

    So a command finds the same desk in whatever folder it is typed.
    """
    here = Path.cwd() / ".env"
    with suppress(OSError):
        if here.is_file() and NAMES_A_SETTING.search(here.read_text("utf-8", "replace")):
            return here
    return project_folder() / ".env"


def usable_processors() -> int:
    """Returns the number of processors that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # macOS does not have it
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def usual_workers() -> int:
    """Returns the number of processors that this process may use, four at most."""
    return min(usable_processors(), USUALLY_MOST_WORKERS)


def known_timezone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is no time zone of the IANA database, such as Europe/Rome")
    return name


def ways_to_sign_in(listed: str) -> str:
    """Checks the ways to sign in, which are separated by commas, and returns them without blanks. Raises ValueError."""
    named = [one.strip().lower() for one in listed.split(",") if one.strip()]
    if unknown := set(named) - set(SignIn):
        raise ValueError(f"must be choice, or a list such as password,oidc; {min(unknown)!r} is not a way to sign in")
    if not named:
        raise ValueError("must be choice, or a list such as password,oidc")
    if SignIn.CHOICE in named and len(set(named)) > 1:
        raise ValueError(
            "must not name choice beside another way: whoever chooses a role needs no password, so nobody would"
        )
    return ",".join(dict.fromkeys(named))


def addresses(listed: str) -> str:
    """Checks addresses and networks that are separated by commas, and returns them without blanks. Raises
    ValueError."""
    named = [one.strip() for one in listed.split(",") if one.strip()]
    for one in named:
        try:
            ip_network(one)
        except ValueError:
            raise ValueError(f"{one!r} is no address such as 10.0.0.7, and no network such as 10.0.0.0/24") from None
    return ",".join(named)


def listening_host(host: str) -> str:
    """Checks the address to listen on. Raises ValueError."""
    if not (_is_ipv6(host) or HOST_NAME.fullmatch(host)):
        raise ValueError(
            "must be an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them, "
            "without http:// and without a port"
        )
    return host


def host_names(listed: str) -> str:
    """Checks host names that are separated by commas, and returns them as browsers write them in the Host header,
    without their ports. Raises ValueError."""
    return ",".join(_host_name(one.strip()) for one in listed.split(",") if one.strip())


def _host_name(name: str) -> str:
    if _is_ipv6(bare := name.removeprefix("[").removesuffix("]")):
        return f"[{ipaddress.IPv6Address(bare)}]"
    try:
        in_ascii = name.encode("idna").decode()
    except UnicodeError:
        in_ascii = ""
    if not HOST_NAME.fullmatch(in_ascii):
        raise ValueError(f"{name!r} is not a host name such as desk.test: no *, no http://, no port and no path")
    return in_ascii.lower()


def _is_ipv6(address: str) -> bool:
    try:
        ipaddress.IPv6Address(address)
    except ValueError:
        return False
    return True


def postgres_url(url: str | None) -> str | None:
    """Checks a database URL; returns None for an empty one. The error does not contain the URL, which holds a password.
    Raises ValueError."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        is_address = parts.scheme.partition("+")[0] in {"postgresql", "postgres"} and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address:
        raise ValueError(f"must be such as {DATABASE_URL_EXAMPLE}; write other signs in a password as %40 and the like")
    return url


def public_origin(url: str | None) -> str | None:
    """Returns the URL as browsers write it in the Origin header: in lower case, the host name in ASCII, without the
    port that is the scheme's default. Returns None for an empty one. Raises ValueError."""
    if not url:
        return None
    try:
        if (found := ORIGIN.fullmatch(url)) is None:
            raise ValueError(url)
        scheme, address, name, port = found.groups()
        scheme = scheme.lower()
        host = f"[{ipaddress.IPv6Address(address)}]" if address else name.encode("idna").decode().lower()
        number = int(port or DEFAULT_PORTS[scheme])
        if not (re.fullmatch(r"[a-z0-9._:\[\]-]+", host) and 1 <= number <= 65535):
            raise ValueError(url)
    except ValueError:  # includes UnicodeError, which an invalid host name raises
        raise ValueError("must be such as https://helpdesk.example.edu, without a path") from None
    return f"{scheme}://{host}" if number == DEFAULT_PORTS[scheme] else f"{scheme}://{host}:{number}"


def bucket_url(url: str | None) -> str | None:
    """Checks the address of a bucket; returns None for an empty one. The error does not contain it. Raises
    ValueError."""
    if not url:
        return None
    if not re.fullmatch(r"s3://[A-Za-z0-9._-]{1,255}(/[A-Za-z0-9._/-]*)?", url):
        raise ValueError("must be such as s3://bucket or s3://bucket/folder, without a password in it")
    return url


def scanner_address(address: str | None) -> str | None:
    """Checks where clamd listens; returns None for an empty address. Raises ValueError."""
    if not address:
        return None
    host, _, port = address.rpartition(":")
    is_socket = address.startswith("/") and "\x00" not in address
    if not (is_socket or (host and port.isdecimal() and 1 <= int(port) <= 65535)):
        raise ValueError("must be the path of a socket such as /run/clamav/clamd.ctl, or such as 127.0.0.1:3310")
    return address


class Settings(BaseSettings):
    """`docs/settings.md` explains each setting; a test checks that none is missing there."""

    model_config = SettingsConfigDict(env_prefix="LODGE_", env_file=".env", extra="ignore", frozen=True)

    home: Annotated[Path, BeforeValidator(lambda home: home or usual_home())] = Field(default_factory=usual_home)
    keep_free_mb: int | None = Field(default=None, ge=0, le=1_000_000)
    host: Annotated[str, AfterValidator(listening_host)] = "127.0.0.1"
    ui_port: int = Field(default=8501, ge=1, le=65535)
    data_api_port: int = Field(default=8001, ge=1, le=65535)
    analytics_api_port: int = Field(default=8002, ge=1, le=65535)
    database_url: Annotated[str | None, AfterValidator(postgres_url)] = None
    analytics_database_url: Annotated[str | None, AfterValidator(postgres_url)] = None
    workers: int = Field(default_factory=usual_workers, ge=1, le=8)

    data_api_url: str = "http://127.0.0.1:8001"
    analytics_api_url: str = "http://127.0.0.1:8002"
    worker: int | None = Field(default=None, ge=1, le=8)
    warehouse_text: bool = False
    sql_seconds: int = Field(default=30, ge=1, le=3600)
    sql_memory_mb: int = Field(default=512, ge=64, le=65536)
    sql_unconfined: bool = False

    sign_in: Annotated[str, AfterValidator(ways_to_sign_in)] = SignIn.CHOICE.value
    choice_anywhere: bool = False
    public_url: Annotated[str | None, AfterValidator(public_origin)] = None
    allowed_hosts: Annotated[str, AfterValidator(host_names)] = ""
    trusted_proxies: Annotated[str, AfterValidator(addresses)] = ""
    students_see: StudentsSee | None = None
    session_days: int = Field(default=30, ge=1, le=365)
    timer_hours: int = Field(default=12, ge=0, le=168)
    rate_limits: bool = True

    oidc_issuer: Annotated[str | None, AfterValidator(issuer_url)] = None
    oidc_client_id: Annotated[str | None, AfterValidator(lambda text: text or None)] = None
    oidc_client_secret: SecretStr | None = None
    oidc_name: str = Field(default="your campus account", min_length=1, max_length=60)
    oidc_scopes: Annotated[str, AfterValidator(scopes)] = "openid email profile"
    oidc_domains: Annotated[str, AfterValidator(domains)] = ""
    oidc_groups_claim: str = Field(default="groups", min_length=1)
    oidc_roles: Annotated[str, AfterValidator(given_by_groups)] = ""
    oidc_teams: Annotated[str, AfterValidator(given_by_groups)] = ""

    attachment_mb: int = Field(default=25, ge=1, le=500)
    uploads_mb_a_day: int = Field(default=1_000, ge=0, le=1_000_000)
    video_mb: int = Field(default=50, ge=1, le=500)
    attachments_a_message: int = Field(default=10, ge=1, le=MOST_WITH_ONE_TEXT)
    files_url: Annotated[str | None, AfterValidator(bucket_url)] = None
    files_credentials: Path | None = None
    clamd: Annotated[str | None, AfterValidator(scanner_address)] = None

    desk_name: str = "Lodge"
    danger_note: str = "Danger? Call 112."
    opening_hours: str = "Monday to Friday, 8:00 to 18:00"
    timezone: Annotated[str, AfterValidator(known_timezone)] = "UTC"
    reopen_days: int = Field(default=14, ge=0, le=3650)

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: LogFormat = "plain"

    @property
    def data_api_processes(self) -> int:
        """How many processes, including this one, share the data API's work; 1 for a process that was started alone."""
        return self.workers if self.worker else 1

    @property
    def campus_zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def ways_in(self) -> tuple[SignIn, ...]:
        """The ways in which people may sign in. A session of any other way is refused."""
        return tuple(SignIn(way) for way in self.sign_in.split(","))

    @property
    def oidc_secret(self) -> str:
        """The secret for the identity provider; "" if the settings hold none."""
        return self.oidc_client_secret.get_secret_value() if self.oidc_client_secret else ""

    @property
    def roles_of_groups(self) -> list[tuple[str, str]]:
        """Groups at the identity provider, and the slug of the role that each gives."""
        return pairs(self.oidc_roles)

    @property
    def teams_of_groups(self) -> list[tuple[str, str]]:
        """Groups at the identity provider, and the slug of the team that each leads to. The first one counts."""
        return pairs(self.oidc_teams)

    @property
    def longest_timer(self) -> timedelta | None:
        """How long a timer runs before it is stopped; None if there is no limit."""
        return timedelta(hours=self.timer_hours) if self.timer_hours else None

    @property
    def students_may_see(self) -> StudentsSee:
        """The setting `students_see`, or its default: where people sign in without a password, nothing is hidden
        between students; otherwise they see only their own tickets."""
        if self.students_see is not None:
            return self.students_see
        return StudentsSee.ALL if SignIn.CHOICE in self.ways_in else StudentsSee.OWN


@cache
def get_settings() -> Settings:
    """Reads the settings once per process. A relative LODGE_HOME is relative to the `.env` that it stands in, or, as
    an environment variable, to the working folder."""
    file = settings_file()
    settings = Settings(_env_file=file)
    is_from_file = "home" in settings.model_fields_set and "LODGE_HOME" not in {name.upper() for name in os.environ}
    if not is_from_file:
        return settings
    return settings.model_copy(update={"home": file.parent / settings.home.expanduser()})
