"""Who is told which way into the database."""

from pathlib import Path

import pytest

from lodge.analytics_access import open_to_analytics
from lodge.errors import LodgeError
from lodge.home import Home
from lodge.services import services, settings_environment
from lodge.supervisor import Desk
from lodge.watch import Patience
from lodge.watched import WatchedService
from service_kit.settings import Settings

OWNER, FIGURES = "postgresql://owner@host/desk", "postgresql://figures@host/desk"


def told(settings: Settings, home: Path) -> dict[str, tuple[str, str]]:
    """By service: both addresses in its environment."""
    desk = Desk(services(settings), (), settings, Home(home), print, Patience())
    found = {}
    for service in services(settings):
        environment = WatchedService(service, settings, Home(home), desk._url_of(service)).program().environment
        found[service.name] = (environment["LODGE_DATABASE_URL"], environment["LODGE_ANALYTICS_DATABASE_URL"])
    return found


def test_only_the_data_api_is_told_the_owners_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the caller's environment holds both."""
    monkeypatch.setenv("LODGE_DATABASE_URL", OWNER)
    monkeypatch.setenv("LODGE_ANALYTICS_DATABASE_URL", FIGURES)
    settings = Settings(_env_file=None)
    assert told(settings, tmp_path) == {"UI": ("", ""), "data API": (OWNER, ""), "analytics API": (FIGURES, "")}


def test_without_a_second_address_the_analytics_api_has_the_first(tmp_path: Path) -> None:
    settings = Settings(database_url=OWNER, _env_file=None)
    assert told(settings, tmp_path) == {"UI": ("", ""), "data API": (OWNER, ""), "analytics API": (OWNER, "")}


def test_what_makes_the_database_ready_is_told_both() -> None:
    environment = settings_environment(Settings(_env_file=None), OWNER, FIGURES)
    assert (environment["LODGE_DATABASE_URL"], environment["LODGE_ANALYTICS_DATABASE_URL"]) == (OWNER, FIGURES)


@pytest.mark.parametrize("end", ["@127.0.0.1:1/desk?nope=1", "%@127.0.0.1:1/desk", "%zz@127.0.0.1:1/desk"])
def test_a_second_address_that_cannot_be_read_is_told_without_its_password(postgres_url: str, end: str) -> None:
    settings = Settings(
        database_url=postgres_url, analytics_database_url=f"postgresql://figures:secret{end}", _env_file=None
    )
    with pytest.raises(LodgeError, match="LODGE_ANALYTICS_DATABASE_URL cannot be read") as caught:
        open_to_analytics(postgres_url, settings)
    assert "secret" not in str(caught.value)
