"""The desk before a restore is kept whenever somebody has used it, and the swap is done wholly or not at all."""

import os
import signal
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from rich.console import Console

from lodge.backup import restore, restoring, undo
from lodge.backup.signals import STOP_SIGNALS, uninterrupted
from lodge.backup.swapping import Beside
from lodge.seeding import seed
from tests.lodge.backup.conftest import QUIET, SmallDesk, desk_on
from tests.lodge.backup.forging import rewrite
from tests.lodge.backup.test_restore import agree, never_asked, without_sign_ins

PERSON = "INSERT INTO person (name, roles) VALUES ('Maria', '{agent}')"
FOREIGN = "CREATE TABLE elsewhere AS SELECT 1 AS one"


@pytest.fixture
def new_desk(postgres_url: str, template_database: str, tmp_path: Path) -> Iterator[SmallDesk]:
    """A desk that nobody has entered yet."""
    with desk_on(postgres_url, template_database, tmp_path / "new") as one:
        yield one


def test_a_desk_that_nobody_has_used_is_not_kept(new_desk: SmallDesk, saved: Path) -> None:
    restore(new_desk.settings, saved, never_asked, QUIET)
    assert new_desk.databases() == set()


def test_one_with_people_and_no_tickets_is_kept(new_desk: SmallDesk, saved: Path) -> None:
    new_desk.run(PERSON)
    before = new_desk.rows()
    restore(new_desk.settings, saved, never_asked, QUIET)
    assert len(new_desk.databases()) == 1
    told = StringIO()
    undo(new_desk.settings, agree, Console(width=40, file=told))
    assert without_sign_ins(new_desk.rows()) == without_sign_ins(before)
    assert told.getvalue().count("\n") == 1, "a terminal breaks lines itself, and a script reads whole ones"


def test_somebody_elses_tables_are_kept(empty_desk: SmallDesk, saved: Path) -> None:
    empty_desk.run(FOREIGN)
    restore(empty_desk.settings, saved, never_asked, QUIET)
    [kept] = empty_desk.databases()
    with psycopg.connect(empty_desk.url, dbname=kept) as connection:
        assert connection.execute("SELECT one FROM elsewhere").fetchone() == (1,)


def test_what_comes_while_the_backup_is_loaded_is_kept(
    new_desk: SmallDesk, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = restoring._load

    def load_beside_a_busy_desk(*arguments: object) -> None:
        load(*arguments)  # type: ignore[arg-type]
        seed(new_desk.url, 3, console=QUIET)

    monkeypatch.setattr(restoring, "_load", load_beside_a_busy_desk)
    restore(new_desk.settings, saved, never_asked, QUIET)
    [kept] = new_desk.databases()
    with psycopg.connect(new_desk.url, dbname=kept) as connection:
        assert connection.execute("SELECT count(*) FROM ticket").fetchone() == (3,)


def test_an_unused_desk_does_not_push_out_the_one_kept_before(
    desk: SmallDesk, new_desk: SmallDesk, saved: Path, tmp_path: Path
) -> None:
    pristine = new_desk.back_up(tmp_path / "pristine")
    restore(desk.settings, pristine, agree, QUIET)
    [kept] = desk.databases()
    restore(desk.settings, saved, never_asked, QUIET)
    assert desk.databases() == {kept}


@pytest.fixture(params=STOP_SIGNALS)
def interrupted_swap(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As `lodge restore` runs, with a signal that comes just after the swap."""
    swap = Beside.swap

    def swap_and_stop(self: Beside, new: str | None = None) -> str:
        kept = swap(self, new)
        os.kill(os.getpid(), request.param)
        return kept

    monkeypatch.setattr(Beside, "swap", swap_and_stop)
    before = signal.signal(request.param, signal.default_int_handler)
    yield
    assert signal.signal(request.param, before) is signal.default_int_handler


@pytest.mark.usefixtures("interrupted_swap")
def test_a_signal_just_after_the_swap_undoes_no_half_of_it(desk: SmallDesk, saved: Path, tmp_path: Path) -> None:
    rows = desk.rows()["ticket"]
    archive = rewrite(saved, tmp_path / "files", {"home/secrets/key": b"new"})
    restore(desk.settings, archive, agree, QUIET)
    assert (desk.home / "secrets" / "key").read_text() == "new"
    assert desk.rows()["ticket"] != rows
    assert len(desk.databases()) == 1
    undo(desk.settings, agree, QUIET)
    assert desk.rows()["ticket"] == rows


def fail_uninterrupted() -> None:
    with uninterrupted():
        assert all(signal.getsignal(number) is signal.SIG_IGN for number in STOP_SIGNALS)
        raise ValueError("broken")


def test_signals_count_again_after_a_failure() -> None:
    before = [signal.getsignal(number) for number in STOP_SIGNALS]
    with pytest.raises(ValueError, match="broken"):
        fail_uninterrupted()
    assert [signal.getsignal(number) for number in STOP_SIGNALS] == before
