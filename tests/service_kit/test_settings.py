"""Settings from the environment: what is taken, and what stops the start."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from contracts.desk import SignIn, StudentsSee
from service_kit.settings import Settings


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the caller's variables nor their .env."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"LODGE_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_everything_has_a_default() -> None:
    settings = Settings()
    assert (settings.host, settings.ui_port, settings.data_api_port) == ("127.0.0.1", 8501, 8001)
    assert settings.ways_in == (SignIn.CHOICE,)
    assert settings.database_url is None
    assert settings.rate_limits


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("RATE_LIMITS", "off", False),
        ("RATE_LIMITS", "on", True),
        ("CHOICE_ANYWHERE", "yes", True),
        ("REOPEN_DAYS", "0", 0),
        ("WORKERS", "1", 1),
        ("WORKERS", "8", 8),
        ("TIMEZONE", "Europe/Rome", "Europe/Rome"),
        ("STUDENTS_SEE", "own", StudentsSee.OWN),
        ("HOME", "/srv/desk", Path("/srv/desk")),
        ("DATABASE_URL", "", None),
        ("TRUSTED_PROXIES", "", ""),
        ("HOST", "0.0.0.0", "0.0.0.0"),
        ("HOST", "::1", "::1"),
        ("HOST", "localhost", "localhost"),
        ("ALLOWED_HOSTS", "", ""),
        ("ALLOWED_HOSTS", " Desk.Test , [0::1],fd00::7", "desk.test,[::1],[fd00::7]"),
        ("ALLOWED_HOSTS", "universität.test", "xn--universitt-y5a.test"),
        ("TRUSTED_PROXIES", " 127.0.0.1, 10.0.0.0/24 ,fd00::/8", "127.0.0.1,10.0.0.0/24,fd00::/8"),
    ],
)
def test_a_value_is_read(monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: object) -> None:
    monkeypatch.setenv(f"LODGE_{name}", value)
    assert getattr(Settings(), name.lower()) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RATE_LIMITS", "perhaps"),
        ("UI_PORT", "0"),
        ("UI_PORT", "65536"),
        ("DATA_API_PORT", "many"),
        ("SIGN_IN", "none"),
        ("TIMEZONE", "Rome"),
        ("TIMEZONE", "../etc/passwd"),
        ("REOPEN_DAYS", "-1"),
        ("WORKERS", "0"),
        ("WORKERS", "9"),
        ("WORKERS", "all"),
        ("SESSION_DAYS", "0"),
        ("SESSION_DAYS", "366"),
        ("LOG_LEVEL", "loud"),
        *(("HOST", host) for host in ("http://127.0.0.1", "127.0.0.1:80", "*", "[::1]", "", "a b", "host/")),
        *(
            ("ALLOWED_HOSTS", host)
            for host in ("https://desk.test", "*", "*.test", "desk.test:80", "desk.test/x", "a b")
        ),
        ("TRUSTED_PROXIES", "*"),
        ("TRUSTED_PROXIES", "proxy.example"),
        ("TRUSTED_PROXIES", "10.0.0.1/24"),
    ],
)
def test_a_value_that_cannot_be_right_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"LODGE_{name}", value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


@pytest.mark.parametrize(("cores", "workers"), [(1, 1), (2, 2), (4, 4), (64, 4)])
def test_there_are_as_many_workers_as_processors_but_four_at_most(
    monkeypatch: pytest.MonkeyPatch, cores: int, workers: int
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(cores)), raising=False)
    assert Settings().workers == workers


def test_only_a_worker_shares_its_work() -> None:
    assert Settings(workers=4).data_api_processes == 1
    assert Settings(workers=4, worker=2).data_api_processes == 4


def test_a_dotenv_file_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("LODGE_DESK_NAME=Porters\nLODGE_UI_PORT=9000\nOTHER=1\n")
    monkeypatch.setenv("LODGE_UI_PORT", "9001")
    settings = Settings()
    assert (settings.desk_name, settings.ui_port) == ("Porters", 9001)


@pytest.mark.parametrize(
    ("sign_in", "set_to", "seen"),
    [
        ("choice", None, StudentsSee.ALL),
        ("password", None, StudentsSee.OWN),
        ("oidc", None, StudentsSee.OWN),
        ("password,oidc", None, StudentsSee.OWN),
        ("choice", "own", StudentsSee.OWN),
        ("password", "all", StudentsSee.ALL),
    ],
)
def test_what_students_see_follows_from_how_people_enter(
    monkeypatch: pytest.MonkeyPatch, sign_in: str, set_to: str | None, seen: StudentsSee
) -> None:
    monkeypatch.setenv("LODGE_SIGN_IN", sign_in)
    if set_to:
        monkeypatch.setenv("LODGE_STUDENTS_SEE", set_to)
    assert Settings().students_may_see is seen


@pytest.mark.parametrize(
    ("named", "ways"),
    [
        ("password", (SignIn.PASSWORD,)),
        (" Password , oidc,", (SignIn.PASSWORD, SignIn.OIDC)),
        ("oidc,password,oidc", (SignIn.OIDC, SignIn.PASSWORD)),
    ],
)
def test_there_may_be_several_ways_to_sign_in(named: str, ways: tuple[SignIn, ...]) -> None:
    settings = Settings(sign_in=named)
    assert settings.ways_in == ways
    assert SignIn.CHOICE not in settings.ways_in


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ("choice,password", "must not name choice beside another way"),
        ("passwords", "'passwords' is not a way to sign in"),
        ("password;oidc", "'password;oidc' is not a way to sign in"),
        ("", "must be choice, or a list such as password,oidc"),
        (",", "must be choice, or a list such as password,oidc"),
    ],
)
def test_what_is_no_list_of_ways_to_sign_in_is_refused(named: str, why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Settings(sign_in=named)


@pytest.mark.parametrize(
    "url",
    ["desk", "mysql://desk:secret@host/desk", "postgresql://desk:secret@host:port/desk", "postgresql://[secret/desk"],
)
def test_what_is_no_address_of_a_database_is_refused_without_telling_it(url: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(database_url=url)
    [told] = caught.value.errors()
    assert told["msg"].startswith("Value error, must be such as postgresql://user:password@host:5432/name")
    assert "secret" not in told["msg"]


@pytest.mark.parametrize(
    "url", ["postgresql://u:p@h/d", "postgresql+psycopg://u@[::1]:5433/d", "postgres:///d?host=/run"]
)
def test_addresses_of_databases_are_taken_as_they_are(url: str) -> None:
    assert Settings(database_url=url).database_url == url
    assert Settings(database_url="").database_url is None


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://helpdesk.example.edu", "https://helpdesk.example.edu"),
        ("HTTPS://Helpdesk.Example.edu:443/", "https://helpdesk.example.edu"),
        ("http://helpdesk:80", "http://helpdesk"),
        ("https://helpdesk.example.edu:8443", "https://helpdesk.example.edu:8443"),
        ("https://hilfe.universität.example", "https://hilfe.xn--universitt-y5a.example"),
        ("http://[0:0::1]:9000", "http://[::1]:9000"),
        ("", None),
    ],
)
def test_a_public_url_is_kept_as_browsers_write_an_origin(url: str, origin: str | None) -> None:
    assert Settings(public_url=url).public_url == origin


@pytest.mark.parametrize(
    "url",
    [
        "helpdesk.example.edu",
        "ftp://helpdesk.example.edu",
        "https://",
        "https://helpdesk.example.edu/desk",
        "https://helpdesk.example.edu?x",
        "https://helpdesk.example.edu#x",
        "https://user:secret@helpdesk.example.edu",
        "https://helpdesk.example.edu:0",
        "https://helpdesk.example.edu:65536",
        "https://helpdesk.example.edu:port",
        "https://help desk.example.edu",
        "https://help\ndesk.example.edu",
        "https://helpdesk..example.edu",
        "https://*.example.edu",
        "https://[::1",
        "https://[1.2.3]",
        "https://a.example, https://b.example",
    ],
)
def test_what_is_no_origin_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match=r"must be such as https://helpdesk.example.edu, without a path"):
        Settings(public_url=url)
