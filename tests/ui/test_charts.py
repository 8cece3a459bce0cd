"""Pictures of answers: units on the axes, figures under the pointer, and lines that can be told apart."""

from datetime import datetime
from typing import Any

import pytest
import streamlit as st

from contracts.analyses import AnalysisAnswer, Chart, ChartMark, ColumnRead, Grain
from streamlit_app.analyses import cells, chart_specs, charts
from streamlit_app.state import redraws

DAY = ColumnRead(name="day", title="Day", type="date")
MONTH = ColumnRead(name="month", title="Month", type="text")
CATEGORY = ColumnRead(name="kind", title="Kind", type="text")
CREATED = ColumnRead(name="created", title="Created", type="integer", unit="tickets")
CLOSED = ColumnRead(name="closed", title="Closed", type="integer", unit="tickets")
BACKLOG = ColumnRead(name="backlog", title="Backlog", type="integer", unit="tickets")
HOURS = ColumnRead(name="hours", title="Mean time to close", type="number", unit="hours")


def answer(*columns: ColumnRead, rows: list[tuple[Any, ...]], provisional: tuple[str, ...] = ()) -> AnalysisAnswer:
    names = [column.name for column in columns]
    return AnalysisAnswer(
        slug="a",
        as_of=datetime.fromisoformat("2026-11-21T12:00:00Z"),
        lag_seconds=0.2,
        parameters={},
        sentence=None,
        columns=list(columns),
        rows=[dict(zip(names, row, strict=True)) for row in rows],
        provisional=list(provisional),
    )


def drawn(
    mark: ChartMark,
    told: AnalysisAnswer,
    monkeypatch: pytest.MonkeyPatch,
    apart: tuple[str, ...] = (),
    grain: Grain = Grain.DAY,
) -> list[dict[str, Any]]:
    """The pictures handed to the browser, each with its data as rows."""
    pictures: list[dict[str, Any]] = []

    def keep(*, spec: dict[str, Any], key: str, alt: str) -> None:
        rows = {name: table.to_pylist() for name, table in spec["datasets"].items()}
        pictures.append(spec | {"datasets": rows, "alt": alt})

    monkeypatch.setattr(st, "vega_lite_chart", keep)
    x, *series = (column.name for column in told.columns if column.name not in apart)
    charts.draw(Chart(mark=mark, x=x, y=series, apart=list(apart), grain=grain), told, key="chart")
    return pictures


def test_a_lines_axis_names_the_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    (picture,) = drawn(ChartMark.LINE, answer(MONTH, HOURS, rows=[("2012-10", 991.77), ("2012-11", None)]), monkeypatch)

    line = picture["layer"][0]["encoding"]
    assert line["y"]["axis"]["title"] == "Mean time to close (days)"
    assert line["color"]["legend"] is None
    assert picture["datasets"]["long"][0] == {
        "x": datetime.fromisoformat("2012-10-01"),
        "series": "Mean time to close",
        "y": pytest.approx(41.32375),
        "is_provisional": False,
        "is_point": True,
    }
    assert picture["alt"] == "Chart of Mean time to close (days) by Month. Last: November 2012: Mean time to close –."


def lines_of(picture: dict[str, Any]) -> dict[bool, list[tuple[Any, bool]]]:
    """The final line and the provisional one: their values, and whether each is drawn as a point too."""
    found: dict[bool, list[tuple[Any, bool]]] = {}
    for row in picture["datasets"]["long"]:
        found.setdefault(row["is_provisional"], []).append((row["y"], row["is_point"]))
    return found


def test_months_that_are_missing_are_gaps_and_the_chart_ends_today(monkeypatch: pytest.MonkeyPatch) -> None:
    told = answer(MONTH, HOURS, rows=[("2026-06", 12.0), ("2026-08", 132.0), ("2026-09", 48.0)])
    (picture,) = drawn(ChartMark.LINE, told, monkeypatch)

    assert lines_of(picture) == {
        False: [(0.5, True), (None, False), (5.5, False), (2.0, False), (None, False), (None, False)]
    }
    assert [f"{row['x']:%Y-%m}" for row in picture["datasets"]["wide"]] == [f"2026-{n:02}" for n in range(6, 12)]
    said = ["12 hours", "–", "5.5 days", "2 days", "–", "–"]
    assert [row["y0"] for row in picture["datasets"]["wide"]] == said


def test_a_column_of_the_answer_can_be_the_series(monkeypatch: pytest.MonkeyPatch) -> None:
    """The largest first, in every month."""
    team = ColumnRead(name="team", title="Team", type="text")
    months = [("2026-10", "Porters", 2), ("2026-10", "IT", 3), ("2026-11", "Porters", 0), ("2026-11", "IT", 4)]
    told = answer(MONTH, team, CLOSED, rows=months)
    pictures: list[dict[str, Any]] = []
    monkeypatch.setattr(st, "vega_lite_chart", lambda *, spec, key, alt: pictures.append(spec | {"alt": alt}))
    charts.draw(Chart(mark=ChartMark.LINE, x="month", y=["closed"], by="team"), told, key="chart")

    (picture,) = pictures
    long = [(row["series"], row["y"]) for row in picture["datasets"]["long"].to_pylist()]
    assert long == [("IT", 3), ("IT", 4), ("Porters", 2), ("Porters", 0)]
    assert picture["datasets"]["wide"].column_names == ["x", "y0", "y1"]
    assert picture["alt"].endswith("Last: November 2026: IT (tickets) 4, Porters (tickets) 0.")


def test_days_and_weeks_that_are_missing_are_gaps(monkeypatch: pytest.MonkeyPatch) -> None:
    told = answer(DAY, CREATED, rows=[("2026-11-17", 2), ("2026-11-19", 3)])
    (picture,) = drawn(ChartMark.LINE, told, monkeypatch)
    assert [value for value, _ in lines_of(picture)[False]] == [2, None, 3, None, None]

    told = answer(DAY, CREATED, rows=[("2026-10-26", 2), ("2026-11-02", 3), ("2026-11-16", 4)])
    (picture,) = drawn(ChartMark.LINE, told, monkeypatch, grain=Grain.WEEK)
    assert [value for value, _ in lines_of(picture)[False]] == [2, 3, None, 4]


def test_what_is_provisional_is_a_faint_line_with_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """It begins at the last final value."""
    rows = [("2026-07", 5.0), ("2026-08", 5.5), ("2026-09", 6.0), ("2026-10", 3.0), ("2026-11", 1.0)]
    told = answer(MONTH, HOURS, rows=rows, provisional=("2026-10", "2026-11"))
    (picture,) = drawn(ChartMark.LINE, told, monkeypatch)

    assert lines_of(picture) == {
        False: [(5.0, False), (5.5, False), (6.0, False), (None, False), (None, False)],
        True: [(None, False), (None, False), (6.0, False), (3.0, True), (1.0, True)],
    }
    line = picture["layer"][0]["encoding"]
    assert line["detail"]["field"] == "is_provisional", "a line of its own"
    assert line["opacity"]["condition"] == {"test": "datum.is_provisional", "value": chart_specs.FAINT}
    assert picture["datasets"]["wide"][-1]["y0"] == "1 hour (provisional)"
    assert picture["alt"].endswith("Last: November 2026: Mean time to close 1 hour (provisional).")


def test_a_provisional_bar_is_faint(monkeypatch: pytest.MonkeyPatch) -> None:
    told = answer(CATEGORY, CREATED, rows=[("a", 94), ("b", 3)], provisional=("b",))
    (picture,) = drawn(ChartMark.BAR, told, monkeypatch)
    assert [row["is_provisional"] for row in picture["datasets"]["wide"]] == [False, True]
    assert "is_provisional" in str(picture["layer"][0]["encoding"]["opacity"])


def test_lines_share_a_picture_and_those_apart_get_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever their height: two that are to be compared stay on one scale."""
    rows = [("2026-11-20", 200, 2, 23_000), ("2026-11-21", 250, 1, 23_006)]
    told = answer(DAY, CREATED, CLOSED, BACKLOG, rows=rows)
    first, second = drawn(ChartMark.LINE, told, monkeypatch, apart=("backlog",))

    assert first["layer"][0]["encoding"]["color"]["legend"]["values"] == ["Created", "Closed"]
    assert {row["series"] for row in second["datasets"]["long"]} == {"Backlog"}
    for picture in (first, second):
        encoding = picture["layer"][0]["encoding"]
        assert encoding["color"]["scale"]["domain"] == ["Created", "Closed", "Backlog"]
        assert encoding["strokeDash"]["scale"]["domain"] == ["Created", "Closed", "Backlog"]
        tooltip = picture["layer"][1]["encoding"]["tooltip"]
        assert [each["title"] for each in tooltip][1:] == ["Created (tickets)", "Closed (tickets)", "Backlog (tickets)"]


def test_bars_have_room_for_their_figures_and_names_in_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    told = answer(CATEGORY, CREATED, rows=[("Services and other complaints", 94), ("IT", 0)])
    (picture,) = drawn(ChartMark.BAR, told, monkeypatch)

    assert picture["datasets"]["wide"][0]["label"] == "Services and other\ncomplaints"
    assert picture["layer"][0]["encoding"]["x"]["title"] == "Created (tickets)"
    assert picture["layer"][0]["encoding"]["x"]["scale"]["domain"][1] > 94


def test_an_answer_of_the_same_kind_takes_the_picture_that_stands() -> None:
    first = chart_specs.bars(CATEGORY, CREATED, rows=3, room=50.0)
    assert chart_specs.bars(CATEGORY, CREATED, rows=3, room=50.0) is first


@pytest.mark.parametrize(("highest", "room"), [(0, 1.5), (1, 1.5), (9, 15), (94, 150), (23_006, 30_000)])
def test_the_room_is_a_round_number(highest: int, room: float) -> None:
    assert charts._room(highest) == room


@pytest.mark.parametrize(
    ("value", "column", "text"),
    [
        (1234567, CREATED, "1,234,567"),
        (991.768, HOURS, "41.3 days"),
        (0.5, HOURS, "30 minutes"),
        (991.768, HOURS.model_copy(update={"unit": "points"}), "991.8"),
        (None, HOURS, "–"),
        ("2012-10", MONTH, "October 2012"),
        ("2012-10-03", DAY, "3 October 2012"),
        ("2012-10", CATEGORY, "2012-10"),
        (True, ColumnRead(name="b", title="B", type="boolean"), "yes"),
    ],
)
def test_cells_are_told_as_people_read_them(value: object, column: ColumnRead, text: str) -> None:
    assert cells.said(value, column) == text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_a_file_is_a_formula(start: str) -> None:
    file = cells.as_csv(answer(CATEGORY, CREATED, rows=[(f"{start}1+1", -1)])).decode("utf-8-sig")
    assert file.splitlines(keepends=False)[0] == "Kind,Created (tickets)"
    assert f"'{start}1+1" in file
    assert file.endswith(",-1\r\n")


def test_only_time_has_passed_unless_something_was_heard_or_the_page_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {})
    redraws.count_whole_page()
    assert [redraws.has_something_happened("figures") for _ in range(3)] == [True, False, False]
    redraws.note_bump("again-1")
    assert [redraws.has_something_happened("figures") for _ in range(2)] == [True, False]
    redraws.note_bump("time-2")
    assert not redraws.has_something_happened("figures")
    redraws.count_whole_page()
    assert redraws.has_something_happened("figures")
