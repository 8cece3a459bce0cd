"""A desk that people used by choosing a role is opened to a campus with passwords: who gets in, what stays, and that no
password, token, code or link is anywhere but where it belongs."""

import hashlib
import re
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import httpx
import psutil
import pytest
from playwright.sync_api import Browser, expect
from rich.console import Console

from data_api.migrate import upgrade
from lodge.backup.archive import opened_archive
from lodge.binaries import installed_binaries
from lodge.importing import import_file
from lodge.postgres import running_postgres
from streamlit_app.server.cookies import fingerprint
from tests.journeys.window import Window, message, row, settled
from tests.lodge.command import lodge
from tests.lodge.desk_process import DeskProcess
from tests.lodge.waiting import wait_until
from tests.support.api import Api, Visitor, done, running_api
from tests.support.browser import DESKTOP, PATIENCE_MS
from tests.support.homes import copy_home
from tests.support.passwords import make_token

pytestmark = pytest.mark.second_try

UP = ("-m", "lodge.main", "up")
FILE = """id;text;from;opened
7;The old lamp is broken.;Frida Former;2026-03-03T09:12:00
"""
MAPPING = """
kind: tickets
source: former desk
file: {delimiter: ";"}
ticket: {id: "{id}", description: "{text}", requester: "{from}", opened_at: "{opened}"}
"""
KEPT = "SELECT (SELECT count(*) FROM ticket), (SELECT count(*) FROM message), (SELECT count(*) FROM ticket_event)"
# Only tables whose rows hold hashes of what may open the desk.
HASHES_IN = {"credential", "session_token", "invitation", "hand_off"}


def planted(what: str) -> str:
    """Returns a password that is recognised wherever it stands."""
    return f"planted {what} {secrets.token_hex(8)}"


@dataclass
class Used:
    """What was written before, and all secrets since. `hashes` are of those that are kept as hashes."""

    desk: Api
    process: DeskProcess
    mia: Visitor
    ticket: int
    counts: list[tuple[Any, ...]]
    secrets: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.process.home

    @property
    def admins_password(self) -> str:
        return self.secrets["the administrator's password"]

    def plant(self, what: str, secret: str) -> str:
        self.secrets[what] = secret
        return secret

    def holds_secret(self, content: bytes) -> bool:
        return any(secret.encode() in content for secret in self.secrets.values())

    def command(self, *arguments: str, answer: str = "") -> str:
        """Runs a command beside the desk."""
        result = lodge(*arguments, answer=answer, **self.process.settings)
        assert result.exit_code == 0, result.output
        return str(result.output)

    def link(self, person: int) -> str:
        """Has the administrator make a link."""
        admin = self.desk.sign_in("ines", self.admins_password)
        link = str(done(admin.post(f"/people/{person}/invitation"), 201)["link"])
        self.plant(f"a link {len(self.secrets)}", link.partition("#")[2])
        self.plant(f"a token {len(self.secrets)}", admin.token)
        return link


@pytest.fixture(scope="module")
def used(home_template: Path) -> Iterator[Used]:
    """The desk is used with a data API alone at first, which starts sooner than all of it."""
    with tempfile.TemporaryDirectory(prefix="lodge-test-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        home = copy_home(home_template, Path(folder) / "home")
        with running_postgres(home, "test", durable=False) as url:
            upgrade(url)
            with running_api(url) as before:
                mia, ticket = write_something(before)
                file, mapping = Path(folder) / "former.csv", Path(folder) / "former.yml"
                file.write_text(FILE)
                mapping.write_text(MAPPING)
                import_file(url, file, mapping, skip_refused=False, console=Console(quiet=True))
                counts = before.sql(KEPT)
        with DeskProcess(
            home, command=UP, LODGE_SIGN_IN="password", LODGE_RATE_LIMITS="on", LODGE_LOG_LEVEL="debug"
        ) as process:
            process.wait_for("ready")
            with Api(f"http://127.0.0.1:{process.data_api_port}", process.database_url()) as desk:
                used = Used(desk, process, mia, ticket, counts)
                used.plant("the administrator's password", planted("administrator"))
                yield used


def write_something(desk: Api) -> tuple[Visitor, int]:
    mia, ada = desk.enter("student", "Mia Rossi"), desk.enter("agent", "Ada Okafor")
    ticket = int(mia.report("The projector flickers.")["id"])
    ada.say(ticket, "A technician comes at ten.")
    mia.say(ticket, "Thank you.")
    return mia, ticket


def window_of(browser: Browser, process: DeskProcess) -> Window:
    context = browser.new_context(viewport=DESKTOP, timezone_id="UTC")
    context.set_default_timeout(PATIENCE_MS)
    return Window(context, f"http://127.0.0.1:{process.ui_port}", DESKTOP)


def cookie(window: Window, kind: str) -> str:
    return next(one["value"] for one in window.context.cookies() if one["name"].startswith(f"lodge_{kind}"))


def test_people_get_in_by_a_link_only_and_find_what_is_theirs(browser: Browser, used: Used) -> None:
    window, page_password = window_of(browser, used.process), used.plant("Mia's password", planted("mia"))
    name = f"lodge_session_{used.process.ui_port}"
    window.context.add_cookies([{"name": name, "value": used.mia.token, "url": window.url}])
    window.page.goto(window.address("queue"))
    expect(window.page.get_by_label("Username")).to_be_visible()
    for wish in (
        {"role": "student", "name": "Mia Rossi"},
        {"role": "admin"},
        {"username": "Mia Rossi", "password": page_password},
        {"username": "Frida Former", "password": page_password},
    ):
        assert used.desk.post("/sessions", json=wish).status_code in {401, 403}, wish

    used.command("admin", "create", "--username", "ines", "--name", "Ines Lima", answer=f"{used.admins_password}\n")
    window.page.goto(used.link(used.mia.person_id))
    expect(window.page.get_by_text("For Mia Rossi.")).to_be_visible()
    settled(window.page)
    window.page.get_by_label("Username").fill("mia")
    window.page.get_by_label("New password").fill(page_password)
    window.page.get_by_role("button", name="Save and sign in").click()
    expect(window.page.get_by_role("heading", name="Report a problem")).to_be_visible()
    expect(row(window.open("my_tickets"), used.ticket)).to_be_visible()
    window.open("ticket", id=used.ticket)
    for text in ("A technician comes at ten.", "Thank you."):
        expect(message(window.page, text)).to_be_visible()
    used.plant("Mia's cookie", cookie(window, "session"))
    used.plant("the mark of Mia's browser", cookie(window, "browser"))

    assert used.desk.sql(KEPT) == used.counts, "nothing was lost, nothing was added"
    names = "SELECT name FROM person WHERE id IN (SELECT requester_id FROM ticket) ORDER BY name"
    assert used.desk.sql(names) == [("Frida Former",), ("Mia Rossi",)]
    [(frida,)] = used.desk.sql("SELECT id FROM person WHERE name = 'Frida Former'")
    wish = {"token": used.link(frida).partition("#")[2], "username": "frida", "password": planted("frida")}
    done(used.desk.post("/invitations/redeem", json=wish))
    theirs = used.desk.sign_in("frida", used.plant("Frida's password", wish["password"]))
    assert used.plant("Frida's token", theirs.token)
    assert [ticket["description"] for ticket in theirs.walk("/tickets")] == ["The old lamp is broken."]
    window.context.close()


def test_no_secret_is_anywhere(used: Used, tmp_path: Path) -> None:
    """Sought are those of the test before, and more that are made and refused here."""
    use_more_secrets(used)
    refusals = provoke(used)
    used.desk.sql("CHECKPOINT")
    wait_until(lambda: replica_is_current(used), "the replica has all of it")
    snapshot, backup = tmp_path / "replica.duckdb", tmp_path / "backup.lodge"
    printed = used.command("snapshot", str(snapshot)) + used.command("backup", str(backup))
    manifest, rows = contents_of(backup, tmp_path / "dump")

    figures, copied = "\n".join(metrics_of(used)).encode(), tables_of(snapshot).encode()
    places = {
        "error bodies": "\n".join(refusals).encode(),
        "what the desk prints": "\n".join([*used.process.lines, printed]).encode(),
        "arguments and environments": b"\n".join(processes_of(used)),
        "figures for the monitor": figures,
        "the snapshot's tables": copied,
        "the snapshot": snapshot.read_bytes(),
        "the backup's list": manifest,
        "the backup's rows": b"\n".join(rows.values()),
    }
    files = files_in(used.home)
    assert {"data-api.log", "analytics-api.log", "ui.log", "postgres.log"} <= {file.name for file in files}
    told = [place for place, content in places.items() if used.holds_secret(content)]
    assert told + [str(file) for file in files if used.holds_secret(file.read_bytes())] == []

    hashes = [hashlib.sha256(secret.encode()).hexdigest().encode() for secret in used.secrets.values()]
    with_hashes = {
        table for table, content in rows.items() if b"$argon2id$" in content or any(one in content for one in hashes)
    }
    assert with_hashes <= HASHES_IN
    assert "credential" in with_hashes, "so a backup is kept as safe as the desk itself: docs/operations.md"
    assert not any(one in manifest + copied + figures for one in [b"$argon2id$", *hashes])


def use_more_secrets(used: Used) -> None:
    ines = used.desk.sign_in("ines", used.admins_password)
    used.plant("the administrator's token", ines.token)
    used.plant("an API token", make_token(ines, "tickets:report", "sql:run", "analyses:read")["token"])
    used.link(used.mia.person_id)  # is never used
    mark = secrets.token_urlsafe(16)
    wish = {"username": "ines", "password": used.admins_password, "browser": fingerprint(mark)}
    for code in ("a code that is never fetched", "a code"):
        used.plant(code, done(used.desk.post("/sessions/hand-off", json=wish), 201)["code"])
    with httpx.Client(base_url=f"http://127.0.0.1:{used.process.ui_port}", trust_env=False) as browser:
        browser.cookies.set(f"lodge_browser_{used.process.ui_port}", used.plant("a browser's mark", mark))
        own_page = {"Origin": str(browser.base_url).rstrip("/")}
        assert browser.post("/redeem", json={"code": used.secrets["a code"]}, headers=own_page).status_code == 204
        used.plant("a cookie", browser.cookies[f"lodge_session_{used.process.ui_port}"])
    change = {"old": used.admins_password, "new": used.plant("a new password", planted("new"))}
    done(ines.put("/me/password", json=change), 204)


def provoke(used: Used) -> list[str]:
    """Sends each secret to where it is wrong, and returns the refusals."""
    ui = f"http://127.0.0.1:{used.process.ui_port}"
    analytics = f"http://127.0.0.1:{used.process.analytics_api_port}"
    own_page, session = {"Origin": ui}, f"lodge_session_{used.process.ui_port}"
    told = []
    with httpx.Client(trust_env=False, timeout=60) as stranger:
        for secret in used.secrets.values():
            sent = {"Authorization": f"Bearer {secret}x"}
            body = {"password": secret, "token": secret, "code": secret}
            refused = [
                # A password is sometimes typed into the field of the username.
                used.desk.post("/sessions", json={"username": secret, "password": secret}),
                used.desk.post("/sessions", json={**body, "role": "admin"}),
                used.desk.post("/sessions/redeem", json={"code": secret, "browser": fingerprint(secret)}),
                used.desk.post("/invitations/redeem", json={"token": secret, "username": "x", "password": "short"}),
                used.desk.get("/me", headers=sent),
                used.desk.post("/tickets", content=secret, headers=sent),
                stranger.get(f"{analytics}/analyses", headers=sent),
                stranger.post(f"{analytics}/sql", json=body, headers=sent),
                stranger.post(f"{ui}/redeem", json=body, headers=own_page),
                stranger.post(f"{ui}/sql/preview", json=body, headers={**own_page, "Cookie": f"{session}={secret}x"}),
            ]
            told += [f"{answer.headers}{answer.text}" for answer in refused if answer.is_error]
    assert len(told) > 5 * len(used.secrets)
    return told


def replica_is_current(used: Used) -> bool:
    health = httpx.get(f"http://127.0.0.1:{used.process.analytics_api_port}/health", trust_env=False, timeout=60)
    return health.is_success and health.json()["replica"]["lag_seconds"] < 1


def processes_of(used: Used) -> list[bytes]:
    """Returns the arguments and the environment of each process. The arguments are for everybody to see; the
    environment must be for its owner only."""
    found = []
    for process in [psutil.Process(used.process.process.pid), *used.process.family()]:
        folder = Path(f"/proc/{process.pid}")
        try:
            found += [(folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()]
            assert (folder / "environ").stat().st_mode & 0o077 == 0
        except (FileNotFoundError, ProcessLookupError):  # connections of the database come and go
            continue
    assert len(found) > 10
    return found


def metrics_of(used: Used) -> list[str]:
    token = (used.home / "secrets" / "metrics-token").read_text()
    ports = (used.process.data_api_port, used.process.analytics_api_port, used.process.ui_port)
    sent = {"Authorization": f"Bearer {token}"}
    answers = [httpx.get(f"http://127.0.0.1:{port}/metrics", headers=sent, trust_env=False) for port in ports]
    assert all("lodge_" in answer.text for answer in answers)
    return [answer.text for answer in answers]


def tables_of(snapshot: Path) -> str:
    with duckdb.connect(str(snapshot), read_only=True) as connection:
        names = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        assert "ticket" in names
        assert not HASHES_IN & set(names)
        return str([connection.execute(f'FROM "{name}"').fetchall() for name in names])


def contents_of(backup: Path, dump: Path) -> tuple[bytes, dict[str, bytes]]:
    """Returns the manifest, with the names of all files, and what the database's rows are as text, by table."""
    with opened_archive(backup) as archive:
        names = {member.name for member in archive.manifest.members}
        assert not any("password" in name or "key" in name or "token" in name for name in names), names
        member = archive.member("database.dump")
        assert member is not None
        dump.write_bytes(b"".join(archive.pieces(member)))
        manifest = archive.manifest.as_json()
    command = [str(installed_binaries() / "pg_restore"), "--data-only", "--file=-", str(dump)]
    text = subprocess.run(command, capture_output=True, check=True).stdout
    rows = re.findall(rb"COPY public\.(\w+) \(.*?FROM stdin;\n(.*?)\\\.\n", text, re.DOTALL)
    return manifest, {table.decode(): content for table, content in rows}


def files_in(home: Path) -> list[Path]:
    """All that the desk keeps: logs, the replica, the database's own files."""
    return [
        path for path in home.rglob("*") if path.is_file() and not path.is_symlink() and "binaries" not in path.parts
    ]
