"""What is wrong with the settings is said in words: which one, what was given, and what it may be."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from lodge.errors import LodgeError
from lodge.supervisor import check_sign_in
from lodge.wrong_settings import invalid_values, unknown_names
from service_kit.settings import Settings
from tests.lodge.command import lodge


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("LODGE_SIGNIN", "Do you mean LODGE_SIGN_IN?"),
        ("LODGE_TIME_ZONE", "Do you mean LODGE_TIMEZONE?"),
        ("LODGE_PORT", "Do you mean LODGE_UI_PORT?"),
        ("lodge_loglevel", "Do you mean LODGE_LOG_LEVEL?"),
        ("LOGDE_HOME", "Do you mean LODGE_HOME?"),
        ("LODG_UI_PORT", "Do you mean LODGE_UI_PORT?"),
        ("LODGE_XYZZY", "docs/settings.md lists those that exist."),
    ],
)
def test_a_misspelt_name_is_told_with_the_nearest_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, advice: str
) -> None:
    monkeypatch.setenv(name, "x")
    assert unknown_names() == [f"{name.upper()}, in the environment, is not a setting. {advice}"]
    monkeypatch.delenv(name)
    (tmp_path / ".env").write_text(f"LODGE_DESK_NAME=Ours\n{name}=x\n")
    assert unknown_names() == [f"{name.upper()}, in .env, is not a setting. {advice}"]


def test_names_that_are_not_for_lodge_are_none_of_its_business(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("LODGING_HOME", "EDGE_HOST", "HOME", "MY_LODGE_HOME", "LODGE", "LODGE_DESK_NAME"):
        monkeypatch.setenv(name, "x")
    (tmp_path / ".env").write_text("POSTGRES_HOST=x\nLODGE_UI_PORT=9000\nlodge_host=::1\n")
    assert unknown_names() == []


def test_a_command_does_nothing_with_a_misspelt_setting(tmp_path: Path) -> None:
    done = lodge("up", LODGE_HOME=str(tmp_path / "home"), LODGE_SIGNIN="password", LODGE_UI_PORT="many")
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        "lodge: These settings are wrong:",
        "  LODGE_SIGNIN, in the environment, is not a setting. Do you mean LODGE_SIGN_IN?",
        "  LODGE_UI_PORT is 'many'; it must be a whole number from 1 to 65535",
    ]
    assert not (tmp_path / "home").exists()


HOST = (
    "must be an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them, "
    "without http:// and without a port"
)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("RATE_LIMITS", "perhaps", "must be on or off (or yes or no, true or false)"),
        ("LOG_LEVEL", "loud", "must be debug, info, warning or error"),
        ("SIGN_IN", "none", "must be choice, or a list such as password,oidc; 'none' is not a way to sign in"),
        ("STUDENTS_SEE", "some", "must be all or own"),
        ("WORKERS", "all", "must be a whole number from 1 to 8"),
        ("WORKERS", "9", "must be a whole number from 1 to 8"),
        ("UI_PORT", "", "must be a whole number from 1 to 65535"),
        ("KEEP_FREE_MB", "1 GB", "must be a whole number from 0 to 1000000"),
        ("HOST", "http://127.0.0.1", HOST),
        ("HOST", "127.0.0.1:8501", HOST),
        ("HOST", "*", HOST),
        ("HOST", "", HOST),
        ("PUBLIC_URL", "*", None),
    ],
)
def test_a_wrong_value_is_told_in_words(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str | None
) -> None:
    monkeypatch.setenv(f"LODGE_{name}", value)
    with pytest.raises(ValidationError) as caught:
        Settings()
    expected = (
        f"LODGE_{name} is {value!r}; it {sentence}"
        if sentence
        else "LODGE_PUBLIC_URL must be such as https://helpdesk.example.edu, without a path"
    )
    assert invalid_values(caught.value) == [expected]


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("TIMEZONE", "Rome", "'Rome' is no time zone of the IANA database, such as Europe/Rome"),
        (
            "ALLOWED_HOSTS",
            "desk.test,*",
            "'*' is not a host name such as desk.test: no *, no http://, no port and no path",
        ),
        ("TRUSTED_PROXIES", "::1,me", "'me' is no address such as 10.0.0.7, and no network such as 10.0.0.0/24"),
    ],
)
def test_a_sentence_that_names_the_wrong_value_itself_stands_alone(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(f"LODGE_{name}", value)
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert invalid_values(caught.value) == [f"LODGE_{name}: {sentence}"]


@pytest.mark.parametrize("name", ["DATABASE_URL", "ANALYTICS_DATABASE_URL", "PUBLIC_URL", "HOST"])
def test_what_may_hold_a_password_is_not_repeated(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"LODGE_{name}", "http://desk:secret@host/desk")
    with pytest.raises(ValidationError) as caught:
        Settings()
    (sentence,) = invalid_values(caught.value)
    assert sentence.startswith(f"LODGE_{name} must be ")
    assert "secret" not in sentence


@pytest.mark.parametrize("ways", ["oidc", "password,oidc"])
def test_an_identity_provider_that_is_not_named_is_asked_for(ways: str) -> None:
    issuer = "https://id.example.edu"
    with pytest.raises(
        LodgeError, match=f"LODGE_SIGN_IN is {ways}, so LODGE_OIDC_ISSUER and LODGE_OIDC_CLIENT_ID must"
    ):
        check_sign_in(Settings(sign_in=ways))
    with pytest.raises(LodgeError, match="so LODGE_OIDC_CLIENT_ID must say which identity provider it is"):
        check_sign_in(Settings(sign_in=ways, oidc_issuer=issuer))
    check_sign_in(Settings(sign_in=ways, oidc_issuer=issuer, oidc_client_id="lodge"))
    check_sign_in(Settings())
    check_sign_in(Settings(sign_in="password"))


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("OIDC_ISSUER", "http://id.example.edu", "must be the issuer of your identity provider"),
        ("OIDC_ISSUER", "https://me:secret@id.example.edu", "must be the issuer of your identity provider"),
        ("OIDC_ISSUER", "id.example.edu", "must be the issuer of your identity provider"),
        ("OIDC_SCOPES", "email profile", "must name scopes such as openid email profile"),
        ("OIDC_DOMAINS", "example.edu,@example.org", "'@example.org' is not the domain of mail addresses"),
        ("OIDC_ROLES", "staff:agent,it-admins", "':it-admins' is not such as helpdesk-staff:agent"),
        ("OIDC_TEAMS", "staff:Front Desk", "'staff:Front Desk' is not such as helpdesk-staff:agent"),
    ],
)
def test_settings_of_the_identity_provider_that_are_wrong(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(f"LODGE_{name}", value)
    with pytest.raises(ValidationError) as caught:
        Settings()
    (told,) = invalid_values(caught.value)
    assert sentence in told
    assert "secret" not in told


def test_the_identity_provider_of_this_machine_needs_no_tls() -> None:
    for issuer in ("http://127.0.0.1:9150", "http://localhost:8080/realms/campus", "https://id.example.edu"):
        assert Settings(oidc_issuer=issuer).oidc_issuer == issuer
    assert Settings(oidc_issuer="").oidc_issuer is None
