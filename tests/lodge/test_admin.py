"""`lodge admin`: the first administrator, and links to choose a password."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from typer.testing import Result

from lodge.administrators import has_administrator
from tests.lodge.command import lodge, lodge_program
from tests.support.api import running_api
from tests.support.passwords import OTHER, PASSWORD, add_person, password_desk, signed_in

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, tmp_path: Path) -> Run:
    def command(*arguments: str, answer: str = "") -> Result:
        settings = {"LODGE_DATABASE_URL": database_url, "LODGE_HOME": str(tmp_path)}
        return lodge("admin", *arguments, answer=answer, **settings)

    return command


def test_the_first_administrator_signs_in(run: Run, database_url: str) -> None:
    assert not has_administrator(database_url)
    done = run("create", "--username", "Ines", "--name", "Ines Lima", answer=f"{PASSWORD}\n")
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "Ines is an administrator.")
    assert PASSWORD not in done.output
    assert has_administrator(database_url)
    with password_desk(database_url) as desk:
        admin = desk.sign_in("ines", PASSWORD)
        assert admin.name == "Ines Lima"
        assert "people:manage" in admin.get("/me").json()["permissions"]


def test_beside_a_running_desk_somebody_becomes_an_administrator(run: Run, database_url: str) -> None:
    with password_desk(database_url) as desk:
        agent = signed_in(desk, "ada", "agent")
        done = run("create", "--username", "ADA", answer=f"{OTHER}\n")
        assert done.stdout.splitlines()[-1] == "ADA is an administrator now, and has a new password."
        assert agent.get("/me").status_code == 401
        assert set(desk.sign_in("ada", OTHER).get("/me").json()["roles"]) == {"agent", "admin"}
        assert desk.sql("SELECT count(*) FROM person") == [(1,)]


@pytest.mark.parametrize(
    ("username", "password", "sentence"),
    [
        ("ines", "short", "The password: String should have at least 10 characters"),
        ("ines", "password2026", "The password: is one that everybody tries first"),
        ("ines", "", "The password: "),
        ("", PASSWORD, "The username: "),
    ],
)
def test_what_may_not_be_chosen_is_refused(
    run: Run, database_url: str, username: str, password: str, sentence: str
) -> None:
    done = run("create", "--username", username, answer=f"{password}\n")
    assert done.exit_code == 1
    assert sentence in done.stderr
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM person").fetchone() == (0,)


def test_a_password_is_no_argument(run: Run) -> None:
    assert run("create", "--username", "ines", "--password", PASSWORD).exit_code == 2


def link_in(done: Result) -> str:
    (link,) = (line for line in done.stdout.splitlines() if "/join#" in line)
    return link.partition("#")[2]


def test_a_link_made_on_the_console_resets_a_password(run: Run, database_url: str) -> None:
    with password_desk(database_url) as desk:
        add_person(desk, "ada")
        done = run("invite", "--username", "Ada")
        assert "http://127.0.0.1:8501/join#" in done.stdout
        wish = {"token": link_in(done), "password": OTHER}
        assert desk.post("/invitations/redeem", json=wish).json() == {"username": "ada"}


def test_a_link_is_for_somebody_who_exists(run: Run) -> None:
    for named in (("--username", "nobody"), ("--person", "7")):
        done = run("invite", *named)
        assert done.exit_code == 1
        assert "There is no person" in done.stderr
    assert run("invite").exit_code == 2
    assert run("invite", "--username", "x", "--person", "1").exit_code == 2


def test_on_a_desk_with_passwords_whoever_chose_a_role_is_out(database_url: str) -> None:
    with running_api(database_url) as before:
        chose = before.enter("admin")
    with password_desk(database_url) as desk:
        stays = signed_in(desk, "ada")
        assert desk.with_token(chose, chose.token).get("/me").status_code == 401
        assert stays.get("/me").status_code == 200


def test_as_it_is_typed() -> None:
    shown = lodge_program("admin", "--help")
    assert shown.returncode == 0
    assert "create" in shown.stdout
    assert "invite" in shown.stdout
