"""`lodge recategorise` beside people and merges: what they hold or change is left to them."""

import psycopg
import pytest

from data_api.texts.encoder import Vectors, get_encoder
from lodge.recategorising import recategorising
from tests.lodge.recategorising.conftest import LIFT, WIFI, Desk

FACILITY, TECHNICAL, SERVICES = "facility-management", "technical-it", "services-complaints"


def test_what_somebody_changes_meanwhile_is_left_to_them(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.add(WIFI, FACILITY, "default")
    desk.add(WIFI, FACILITY, "default")

    class Slow:
        def encode(self, texts: list[str]) -> Vectors:
            with psycopg.connect(desk.url) as connection:
                connection.execute("UPDATE ticket SET category_by = 'staff' WHERE id = 1")
            return get_encoder().encode(texts)

    monkeypatch.setattr(recategorising, "get_encoder", Slow)
    desk.run()
    assert desk.places() == [(FACILITY, "staff"), (TECHNICAL, "predicted")]
    assert "Of these, 1 changed meanwhile" in capsys.readouterr().out


MERGING = [
    "SELECT FROM ticket WHERE id = 1 FOR UPDATE",
    "UPDATE ticket_prediction SET category_id = 1 WHERE ticket_id = 1",
    "SELECT FROM category WHERE slug = 'facility-management' FOR UPDATE",
]


@pytest.mark.parametrize("statement", MERGING)
def test_what_a_merge_holds_for_minutes_is_left_to_it(
    desk: Desk, statement: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor can the two wait for each other."""
    for text, category in ((LIFT, SERVICES), (WIFI, SERVICES)):
        desk.add(text, category, "predicted")
    desk.rows(
        "INSERT INTO ticket_prediction SELECT id, category_id, 0, 0.7, 'likely', '{}', 1, 1, opened_at FROM ticket "
        "RETURNING ticket_id"
    )
    with psycopg.connect(desk.url) as merging:
        merging.execute(statement.encode())
        desk.run()
    assert desk.places() == [(SERVICES, "predicted"), (TECHNICAL, "predicted")]
    assert "Of these, 1 changed meanwhile" in capsys.readouterr().out
    desk.run()
    assert desk.places() == [(FACILITY, "predicted"), (TECHNICAL, "predicted")]
