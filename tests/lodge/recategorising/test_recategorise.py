"""`lodge recategorise`: where the tickets that are there go, and which stay."""

from datetime import UTC, datetime

import pytest
import typer
from sqlalchemy.orm import Session

from data_api.kit.database import make_engine
from data_api.learning.categoriser import Categoriser
from data_api.learning.learning import Learning
from data_api.learning.prediction_repository import PredictionRepository
from data_api.learning.repository import CategorisingRepository
from data_api.texts.encoder import Encoder, EncoderUnavailable, Vectors, get_encoder
from lodge.errors import LodgeError
from lodge.recategorising import Which, recategorise, recategorising
from lodge.recategorising.repository import RecategoriseRepository
from tests.lodge.recategorising.conftest import FOOD, LIFT, OPENED, WIFI, Desk

FACILITY, TECHNICAL, SERVICES = "facility-management", "technical-it", "services-complaints"
EVERYTHING = """
SELECT (SELECT json_agg(t ORDER BY id) FROM ticket t)::text, (SELECT json_agg(e ORDER BY id) FROM ticket_event e)::text,
       (SELECT json_agg(p ORDER BY ticket_id) FROM ticket_prediction p)::text"""


def test_what_nobody_chose_follows_from_its_words(desk: Desk) -> None:
    desk.add(WIFI, FACILITY, None)
    desk.add(FOOD, FACILITY, "default")
    desk.add(LIFT, SERVICES, "predicted")
    desk.add(LIFT, FACILITY, "default")
    desk.run()
    assert desk.places() == [(TECHNICAL, "predicted"), (SERVICES, "predicted"), *[(FACILITY, "predicted")] * 2]


@pytest.mark.parametrize("by", ["requester", "staff", "import"])
def test_what_people_chose_stays(desk: Desk, by: str) -> None:
    desk.add(WIFI, SERVICES, by)
    desk.run()
    assert desk.places() == [(SERVICES, by)]
    assert desk.rows("SELECT count(*) FROM ticket_prediction") == [(0,)]


def old_tickets(desk: Desk) -> None:
    """Of before it was kept who chose: on the default, elsewhere, imported, and put where it is by somebody."""
    ids = [desk.add(WIFI, category, None) for category in (FACILITY, SERVICES, FACILITY, FACILITY)]
    desk.rows("UPDATE ticket SET source = 'old desk', source_id = '3' WHERE id = %s RETURNING id", ids[2:3])
    desk.rows(
        "INSERT INTO ticket_event (ticket_id, kind, from_value, to_value, actor_id, occurred_at) "
        "VALUES (%s, 'category', %s, %s, 1, now()) RETURNING id",
        [ids[3], TECHNICAL, FACILITY],
    )


def test_who_chose_for_an_old_ticket_follows_from_what_was_kept(desk: Desk) -> None:
    old_tickets(desk)
    desk.run()
    assert desk.places() == [(TECHNICAL, "predicted"), (SERVICES, None), (FACILITY, None), (FACILITY, None)]
    desk.run(Which(has_imported=True))
    assert [by for _, by in desk.places()] == ["predicted", None, "predicted", None]


def test_it_asks_before_it_changes_what_people_chose_for_old_tickets(desk: Desk) -> None:
    old_tickets(desk)
    desk.run(Which(has_chosen=True))
    assert len(desk.asked) == 1
    assert "category of 2 of these tickets: requesters of 1, staff of 1." in desk.asked[0]
    assert desk.places() == [(TECHNICAL, "predicted")] * 4


def test_nobody_waits_for_the_counting(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Corrections need the one row that learning changes."""
    desk.add(WIFI, FACILITY, "default")
    desk.rows("UPDATE training_example SET encoder_version = 0 RETURNING id")
    held: list[list[tuple[int]]] = []
    count = RecategoriseRepository.count

    def counted(repository: RecategoriseRepository, which: Which, version: int) -> int:
        held.append(desk.rows("SELECT id FROM learning FOR UPDATE NOWAIT"))
        return count(repository, which, version)

    monkeypatch.setattr(RecategoriseRepository, "count", counted)
    desk.run()
    assert held == [[(1,)]]


def test_what_an_import_named_moves_when_that_is_said(desk: Desk) -> None:
    desk.add(WIFI, SERVICES, "import")
    desk.add(WIFI, SERVICES, "staff")
    desk.run(Which(has_imported=True))
    assert desk.places() == [(TECHNICAL, "predicted"), (SERVICES, "staff")]
    assert desk.asked == []


def test_it_asks_before_it_changes_what_people_chose(desk: Desk) -> None:
    for by in ("requester", "staff", "staff", "default"):
        desk.add(WIFI, SERVICES, by)
    before = desk.rows(EVERYTHING)

    def refuse(question: str) -> None:
        raise typer.Abort(question)

    with pytest.raises(typer.Abort, match=r"chosen the category of 3 .* requesters of 1, staff of 2"):
        recategorise(desk.url, Which(has_chosen=True), refuse)
    assert desk.rows(EVERYTHING) == before
    desk.run(Which(has_chosen=True))
    assert len(desk.asked) == 1
    assert desk.places() == [(TECHNICAL, "predicted")] * 4


def test_a_move_is_told_and_no_edit_is_lost(desk: Desk) -> None:
    """A line of the history by nobody; a higher version for whoever edits it; not the latest of the changed ones."""
    desk.add(WIFI, FACILITY, "default")
    desk.add(LIFT, FACILITY, "default")
    desk.run()
    assert desk.rows("SELECT version, modified_at = opened_at FROM ticket ORDER BY id") == [(2, True), (1, True)]
    assert desk.rows("SELECT ticket_id, kind, from_value, to_value, actor_id FROM ticket_event") == [
        (1, "category", FACILITY, TECHNICAL, None)
    ]
    assert desk.rows(
        "SELECT p.category_id = t.category_id, model_version, sureness, confidence > 0.5, predicted_at > now() - "
        "interval '1 hour' FROM ticket_prediction p JOIN ticket t ON t.id = ticket_id WHERE ticket_id = 1"
    ) == [(True, 1, "sure", True, True)]


def test_a_dry_run_counts_and_changes_nothing(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    for text in (WIFI, WIFI, LIFT):
        desk.add(text, FACILITY, "default")
    desk.add(WIFI, FACILITY, "staff")
    before = desk.rows(EVERYTHING)
    desk.run(Which(has_chosen=True), is_dry=True)
    assert desk.rows(EVERYTHING) == before
    told = capsys.readouterr().out
    assert "Facility management │ Technical IT │       3" in told
    assert "4 tickets looked at: 3 would move, 1 stays." in told
    assert desk.asked == []


def test_only_what_was_opened_since(desk: Desk) -> None:
    desk.add(WIFI, FACILITY, "default", at=OPENED)
    desk.add(WIFI, FACILITY, "default", at=datetime(2026, 4, 1, tzinfo=UTC))
    desk.run(Which(since=datetime(2026, 4, 1, tzinfo=UTC)))
    assert desk.places() == [(FACILITY, "default"), (TECHNICAL, "predicted")]


def test_interrupted_and_run_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A batch at most is lost, and what was done is not done again."""
    for _ in range(5):
        desk.add(WIFI, FACILITY, "default")
    monkeypatch.setattr(recategorising, "BATCH", 2)
    batches: list[int] = []

    class Interrupted:
        def encode(self, texts: list[str]) -> Vectors:
            batches.append(len(texts))
            if len(batches) == 2:
                raise KeyboardInterrupt
            return get_encoder().encode(texts)

    with monkeypatch.context() as patched:
        patched.setattr(recategorising, "get_encoder", Interrupted)
        with pytest.raises(KeyboardInterrupt):
            desk.run()
        assert "2 tickets looked at: 2 moved" in capsys.readouterr().out
        assert desk.places() == [(TECHNICAL, "predicted")] * 2 + [(FACILITY, "default")] * 3
        batches[:] = [0, 0]
        desk.run()
        assert batches == [0, 0, 2, 1]
    assert desk.places() == [(TECHNICAL, "predicted")] * 5
    assert desk.rows("SELECT max(version), count(*) FROM ticket JOIN ticket_event ON ticket.id = ticket_id") == [(2, 5)]
    desk.run()
    assert "There is nothing to look at." in capsys.readouterr().out
    desk.run(Which(is_again=True))
    assert "5 tickets looked at: 0 moved" in capsys.readouterr().out


def test_an_unsure_one_gets_the_likeliest_that_is_grown_up(desk: Desk) -> None:
    """As a report does: a category of which little is known is only suggested."""
    desk.rows("INSERT INTO category (slug, name) VALUES ('parking', 'Parking') RETURNING id")
    engine = make_engine(desk.url)
    with Session(engine) as session, session.begin():
        parking = session.connection().exec_driver_sql("SELECT id FROM category WHERE slug = 'parking'").scalar_one()
        phrases = [f"No free parking space for my car, level {number}" for number in range(10)]

        class Admin:
            person_id = 1

        Learning(CategorisingRepository(session)).phrases_given(parking, phrases, Admin())  # type: ignore[arg-type]
    engine.dispose()
    desk.add("No parking space for my car again", SERVICES, "default")
    desk.run()
    ((place, by),) = desk.places()
    assert (place in (FACILITY, TECHNICAL, SERVICES), by) == (True, "predicted")
    assert desk.rows("SELECT slug, sureness FROM ticket_prediction p JOIN category c ON c.id = p.category_id") == [
        ("parking", "unsure")
    ]


def test_a_later_prediction_says_nothing_about_how_often_reports_are_right(desk: Desk) -> None:
    """What it moves is where it says, of course. One that came with the report and still stands goes on counting."""
    now = datetime.now(UTC)
    desk.add(WIFI, FACILITY, "default", status="closed", at=now)
    desk.add(LIFT, FACILITY, "predicted", status="closed", at=now)
    desk.rows(
        "INSERT INTO ticket_prediction SELECT id, category_id, 0, 0.7, 'likely', '{}', 1, 1, opened_at FROM ticket "
        "WHERE id = 2 RETURNING ticket_id"
    )
    desk.run()
    assert desk.rows("SELECT DISTINCT model_version FROM ticket_prediction") == [(1,)]
    engine = make_engine(desk.url)
    with Session(engine) as session:
        measured = PredictionRepository(session).measured(OPENED, "UTC")
    engine.dispose()
    assert [(row.predicted == row.actual, row.tickets) for row in measured] == [(True, 1)]


def test_nobody_reads_the_words(desk: Desk, capfd: pytest.CaptureFixture[str]) -> None:
    desk.add("Confidentially: the WiFi password of the dean is known", FACILITY, "default", secret=True)
    desk.run()
    told = "".join(capfd.readouterr())
    assert desk.places() == [(TECHNICAL, "predicted")]
    assert not [word for word in ("onfidentially", "dean", "password") if word in told]


def test_names_hold_nothing_that_a_terminal_obeys(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.rows("UPDATE category SET name = '[red]IT[/]' || chr(27) || '[2J' WHERE slug = 'technical-it' RETURNING id")
    desk.add(WIFI, FACILITY, "default")
    desk.run()
    assert r"[red]IT[/]\x1b[2J" in capsys.readouterr().out


def test_without_the_encoder_it_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Encoder:
        raise EncoderUnavailable("OSError: no weights")

    desk.add(WIFI, FACILITY, "default")
    monkeypatch.setattr(recategorising, "get_encoder", broken)
    with pytest.raises(LodgeError, match="Texts cannot be understood here: OSError: no weights"):
        desk.run()
    assert desk.places() == [(FACILITY, "default")]


def test_a_database_that_goes_away_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    class Ending:
        def encode(self, texts: list[str]) -> Vectors:
            desk.rows(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            return get_encoder().encode(texts)

    desk.add(WIFI, FACILITY, "default")
    monkeypatch.setattr(recategorising, "get_encoder", Ending)
    with pytest.raises(LodgeError, match=r"The database stopped the work: .* Run it again"):
        desk.run()
    assert desk.places() == [(FACILITY, "default")]


def test_many_at_once_are_predicted_as_each_alone(desk: Desk) -> None:
    engine = make_engine(desk.url)
    texts = [WIFI, LIFT, FOOD]
    with Session(engine) as session:
        categoriser = Categoriser()
        alone = [categoriser.predict(session, text, 1) for text in texts]
        knowledge = categoriser.knowledge(session)
    engine.dispose()
    assert knowledge is not None
    together = knowledge.predict_all(texts, get_encoder().encode(texts))
    for one, other in zip(alone, together, strict=True):
        assert one is not None
        assert one[0].probabilities == pytest.approx(other.probabilities, abs=1e-4)
        assert (one[0].assigned_id, one[0].sureness) == (other.assigned_id, other.sureness)
