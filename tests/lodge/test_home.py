"""LODGE_HOME is taken only when nobody else can have put anything into it, and no file is reached through a link."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lodge.binaries import reachable_binaries
from lodge.errors import LodgeError
from lodge.folders import opened_file, read_word, real_path
from lodge.home import Home
from lodge.processes import Program, last_lines, spawn
from tests.lodge.command import ROOT, lodge

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root makes what belongs to somebody else")
SOMEBODY = 12_345
FOLDERS = ("run", "logs", "secrets", "warehouse", "files")


def refused(home: Path) -> str:
    with pytest.raises(LodgeError) as caught, Home(home).lock("test"):
        pass
    return str(caught.value)


def is_taken(home: Path) -> bool:
    """Whether Lodge works there, which its lock tells."""
    with Home(home).lock("test"):
        return (home / "run" / "lodge.lock").read_text() == f"test {os.getpid()}"


@needs_root
@pytest.mark.parametrize("folder", ["", *FOLDERS])
def test_a_folder_of_somebody_else_is_refused(home_path: Path, folder: str) -> None:
    Home(home_path).make()
    os.chown(home_path / folder, SOMEBODY, SOMEBODY)
    told = refused(home_path)
    assert f"{home_path / folder}".rstrip("/") + " belongs to user 12345" in told
    assert "Run Lodge as user 12345, set LODGE_HOME to another folder" in told
    assert not (home_path / "run" / "lodge.lock").exists()


@needs_root
def test_the_databases_folder_may_be_its_accounts(home_path: Path) -> None:
    Home(home_path).make()
    os.chown(home_path / "postgres", SOMEBODY, SOMEBODY)
    assert is_taken(home_path)
    assert (home_path / "postgres").stat().st_uid == SOMEBODY, "nothing was taken from it"


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o770, 0o722])
def test_a_home_that_others_may_write_to_is_refused(home_path: Path, mode: int) -> None:
    home_path.mkdir()
    home_path.chmod(mode)
    assert refused(home_path).endswith(f"chmod go-w {home_path}")
    assert list(home_path.iterdir()) == []


@pytest.mark.parametrize("folder", ["logs", "run", "secrets", "postgres", "warehouse", "files"])
def test_a_link_in_place_of_a_folder_is_refused(home_path: Path, tmp_path: Path, folder: str) -> None:
    home_path.mkdir(mode=0o700)
    for target in (tmp_path, tmp_path / "nowhere"):
        (home_path / folder).unlink(missing_ok=True)
        (home_path / folder).symlink_to(target)
        assert "is a link or a file" in refused(home_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_everybody_can_replace_is_none_to_have_the_home_in(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    assert f"Everybody may write to {shared}" in refused(shared / "home")
    shared.chmod(0o1777)  # as /tmp
    assert is_taken(shared / "home")


@needs_root
def test_a_folder_that_a_group_can_replace_is_none_to_have_the_home_in(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    os.chown(shared, -1, SOMEBODY)
    shared.chmod(0o775)
    assert f"The group 12345 may write to {shared}, on the way to" in refused(shared / "home")
    assert list(shared.iterdir()) == []
    for group, mode in ((SOMEBODY, 0o1775), (SOMEBODY, 0o755), (os.getgid(), 0o775)):
        os.chown(shared, -1, group)
        shared.chmod(mode)
        assert is_taken(shared / "home")


def test_the_way_is_looked_at_again_when_the_home_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    way = tmp_path / "way"
    make = Home._make_open_parents

    def make_as_if_somebody_else_had(home: Home) -> None:
        make(home)
        way.chmod(0o777)

    monkeypatch.setattr(Home, "_make_open_parents", make_as_if_somebody_else_had)
    assert f"Everybody may write to {way}" in refused(way / "home")
    assert not (way / "home" / "run" / "lodge.lock").exists()


@needs_root
def test_a_folder_of_somebody_else_on_the_way_is_refused(home_path: Path) -> None:
    theirs = home_path / "theirs"
    theirs.mkdir(parents=True)
    os.chown(theirs, SOMEBODY, SOMEBODY)
    assert f"{theirs}, on the way to" in refused(theirs / "home")
    assert list(theirs.iterdir()) == []


@needs_root
def test_a_link_of_somebody_else_on_the_way_is_refused(home_path: Path, tmp_path: Path) -> None:
    home_path.mkdir(mode=0o1777)
    for name, owner in (("mine", 0), ("theirs", SOMEBODY)):
        (home_path / name).symlink_to(tmp_path)
        os.chown(home_path / name, owner, owner, follow_symlinks=False)
    assert f"{home_path / 'theirs'}, on the way to" in refused(home_path / "theirs" / "home")
    assert is_taken(home_path / "mine" / "home")


def test_links_of_ones_own_lead_where_they_say(tmp_path: Path) -> None:
    (tmp_path / "real" / "deep").mkdir(parents=True)
    (tmp_path / "up").symlink_to("real/deep/../deep")
    assert real_path(tmp_path / "up" / "new" / "home") == tmp_path / "real" / "deep" / "new" / "home"
    (tmp_path / "round").symlink_to("round")
    with pytest.raises(LodgeError, match="is a link"):
        Home(tmp_path / "round" / "home").make()


# -- files ---------------------------------------------------------------------------------------------------------


def as_a_link(path: Path, victim: Path) -> None:
    path.symlink_to(victim)


def as_another_name(path: Path, victim: Path) -> None:
    path.hardlink_to(victim)


def as_a_pipe(path: Path, _: Path) -> None:
    os.mkfifo(path)


def as_a_folder(path: Path, _: Path) -> None:
    path.mkdir()


def as_somebody_elses(path: Path, _: Path) -> None:
    path.write_text("theirs")
    path.chmod(0o666)
    os.chown(path, SOMEBODY, SOMEBODY)


PUT_THERE = [as_a_link, as_another_name, as_a_pipe, as_a_folder, pytest.param(as_somebody_elses, marks=needs_root)]
Put = Callable[[Path, Path], None]


@pytest.fixture
def victim(home_path: Path) -> Path:
    """A file of our own that nothing may change."""
    Home(home_path).make()
    file = home_path / "victim"
    file.write_text("precious")
    file.chmod(0o640)
    return file


@pytest.mark.parametrize("put", PUT_THERE)
def test_a_log_is_not_written_through_what_somebody_put_there(home_path: Path, victim: Path, put: Put) -> None:
    log = home_path / "logs" / "toy.log"
    put(log, victim)
    before = log.lstat()
    program = Program("toy", ("/bin/echo", "line"), {}, home_path, log)
    uses: list[Callable[[], object]] = [lambda: last_lines(log)]
    if put is not as_another_name:
        uses.append(lambda: spawn(program))
    for use in uses:
        with pytest.raises(LodgeError, match=r"toy\.log .*move it away"):
            use()
    assert (victim.read_text(), stat.S_IMODE(victim.stat().st_mode)) == ("precious", 0o640)
    assert log.lstat().st_size == before.st_size


def run(program: Program) -> None:
    process = spawn(program)
    assert process.wait() == 0
    process.drain_log()


def test_a_log_with_another_name_becomes_the_older_part_at_the_next_start(home_path: Path, victim: Path) -> None:
    """As after `cp -al`, which gives every file of the home another name."""
    log = home_path / "logs" / "toy.log"
    program = Program("toy", ("/bin/echo", "line"), {}, home_path, log)
    for _ in range(2):
        log.unlink(missing_ok=True)
        log.hardlink_to(victim)
        run(program)
        assert log.read_text() == "line\n"
    assert (victim.read_text(), stat.S_IMODE(victim.stat().st_mode)) == ("precious", 0o640)


@pytest.mark.parametrize("put", PUT_THERE)
def test_the_older_part_of_a_log_goes_over_nothing_else(
    home_path: Path, victim: Path, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lodge.logs.LOG_BYTES", 5)
    log = home_path / "logs" / "toy.log"
    log.write_text("before\n")
    put(log.with_name("toy.log.1"), victim)
    program = Program("toy", ("/bin/echo", "line"), {}, home_path, log)
    run(program)
    assert log.read_text() == "line\n"
    assert victim.read_text() == "precious"


@pytest.mark.parametrize("put", PUT_THERE)
def test_a_lock_that_somebody_put_there_is_a_sentence(home_path: Path, victim: Path, put: Put) -> None:
    put(home_path / "run" / "lodge.lock", victim)
    assert "lodge.lock" in refused(home_path)
    assert victim.read_text() == "precious"


def test_what_is_read_is_not_read_through_a_link(home_path: Path, victim: Path) -> None:
    link = home_path / "secrets" / "desk-key"
    link.symlink_to(victim)
    with pytest.raises(OSError, match="desk-key"):
        read_word(link)


def test_a_missing_file_is_missing(home_path: Path) -> None:
    Home(home_path).make()
    with pytest.raises(FileNotFoundError), opened_file(home_path / "run" / "none", os.O_RDONLY):
        pass


@needs_root
def test_programs_that_somebody_else_put_there_are_not_run(home_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from lodge.account import Account

    (home_path / "binaries").mkdir(parents=True)
    os.chown(home_path / "binaries", SOMEBODY, SOMEBODY)
    monkeypatch.setattr(Account, "first_closed", lambda self, paths: Path("/closed"))
    with pytest.raises(LodgeError, match="binaries belongs to user 12345"):
        reachable_binaries(home_path, Account("nobody", 65_534, 65_534))


@needs_root
def test_the_command_tells_it_in_one_sentence(home_path: Path) -> None:
    home_path.mkdir()
    os.chown(home_path, SOMEBODY, SOMEBODY)
    told = lodge("seed", "--tickets", "1", LODGE_HOME=str(home_path))
    assert (told.exit_code, told.stderr.count("\n")) == (1, 1)
    assert told.stderr.startswith(f"lodge: {home_path} belongs to user 12345")


@needs_root
def test_an_ordinary_user_refuses_what_root_made(home_path: Path) -> None:
    Home(home_path).make()
    script = (
        "import os, sys; from pathlib import Path; from lodge.home import Home; from lodge.errors import LodgeError\n"
        "os.setuid(65534)\n"
        "try: Home(Path(sys.argv[1])).make()\n"
        "except LodgeError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(home_path)], capture_output=True, text=True)
    assert "belongs to root, and Lodge runs as nobody" in done.stdout


def status_in(folder: Path) -> str:
    command = [sys.executable, "-m", "lodge.main", "status"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LODGE_")}
    done = subprocess.run(
        command, cwd=folder, env=environment | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    return done.stdout + done.stderr


@needs_root
@pytest.mark.parametrize("is_link", [False, True])
def test_settings_that_somebody_else_wrote_are_not_read(tmp_path: Path, is_link: bool) -> None:
    """Whoever starts Lodge in a folder such as /tmp would keep the desk where somebody else says."""
    settings = tmp_path / ".env"
    (tmp_path / "theirs" if is_link else settings).write_text("LODGE_UI_PORT=no port\n")
    if is_link:
        settings.symlink_to("theirs")
    assert "LODGE_UI_PORT" in status_in(tmp_path)
    os.chown(settings, SOMEBODY, SOMEBODY, follow_symlinks=False)
    assert f"{settings} belongs to user 12345" in status_in(tmp_path)


def test_settings_that_others_may_write_are_not_read(tmp_path: Path) -> None:
    settings = tmp_path / ".env"
    settings.write_text("LODGE_UI_PORT=no port\n")
    settings.chmod(0o666)
    assert f"Others may write to {settings}" in status_in(tmp_path)
    settings.chmod(0o644)
    assert "LODGE_UI_PORT" in status_in(tmp_path)


@needs_root
def test_settings_that_this_account_may_not_read_are_told_in_one_sentence(home_path: Path) -> None:
    """As in docs/operations.md, where `.env` may hold passwords and only root and the desk's group read it."""
    settings = home_path.parent / ".env"
    settings.write_text("LODGE_UI_PORT=8501\n")
    settings.chmod(0o640)
    (home_path.parent / "pyproject.toml").touch()
    script = (  # asks once as root, because nobody else may be able to import what Python itself brings
        "import os, sys, service_kit.settings; from pathlib import Path; from lodge.main import app\n"
        "app(['status', '--json'], standalone_mode=False)\n"
        "service_kit.settings.PROJECT = Path(sys.argv[1])\n"
        "os.chdir('/'); os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "app(['status'])"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LODGE_")}
    done = subprocess.run(
        [sys.executable, "-c", script, str(home_path.parent)],
        cwd=ROOT, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    told = f"lodge: {settings} cannot be read by nobody. Use the account that Lodge runs as.\n"
    assert (done.returncode, done.stderr) == (1, told)


@needs_root
def test_a_command_of_root_beside_the_desk_of_an_account_is_told_to_run_as_that_account(home_path: Path) -> None:
    """Moving the lock away would let a second `lodge up` start beside the running desk."""
    Home(home_path).make()
    lock = home_path / "run" / "lodge.lock"
    lock.touch()
    for path in (home_path, *home_path.iterdir(), lock):
        os.chown(path, SOMEBODY, SOMEBODY)
    with pytest.raises(
        LodgeError, match=r"belongs to user 12345, and this command runs as root. Run it as user 12345;"
    ):
        Home(home_path).lock_holder()
    status = lodge("status", LODGE_HOME=str(home_path))
    assert (status.exit_code, status.stderr) == (
        1,
        f"lodge: {home_path}/run belongs to user 12345. Ask as user 12345.\n",
    )
