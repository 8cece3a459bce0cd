"""The analyses' files: each is whole, and one that is not is refused with a sentence."""

import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from contracts.analyses import ChartMark, ParameterKind
from tests.architecture.sources import ROOT
from tests.support.databases import cloned_database
from tests.warehouse.following import Following, following
from tests.warehouse.rows import fill
from warehouse.catalogue import FOLDER, Analysis, catalogue, read, read_catalogue

GOOD = """/*
title: A title
question: How many?
unit: tickets
excludes: Nothing.
sentence: format('{:,}', max(tickets))
chart: {mark: number, y: [tickets]}
columns:
  tickets: {title: Tickets, unit: tickets}
parameters:
  - {name: hours, label: Hours, kind: integer, minimum: 1, maximum: 5, step: 1, default: 1}
*/
SELECT count(*) + $hours::INTEGER AS tickets FROM ticket
"""


def example_of_the_docs() -> Analysis:
    """As if somebody had added it: what these tests ask of an analysis, it fulfils."""
    page = (ROOT / "docs/analyses.md").read_text("utf-8")
    (name,) = re.findall(r"Write\n`warehouse/analyses/([a-z-]+\.sql)`", page)
    (text,) = re.findall(r"^```sql\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    with TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_text(text, encoding="utf-8")
        return read(file)


ANALYSES = {**catalogue(), "the docs' example": example_of_the_docs()}
EVERY = pytest.mark.parametrize("analysis", ANALYSES.values(), ids=ANALYSES.keys())


@EVERY
def test_each_is_whole(analysis: Analysis) -> None:
    head = analysis.head
    assert head.question.endswith("?")
    assert head.excludes.endswith(".")
    assert {*head.chart.y, *head.chart.apart} <= set(head.columns)
    assert (head.chart.x is None) == (head.chart.mark is ChartMark.NUMBER)
    assert head.chart.x is None or head.chart.x in head.columns
    assert len({parameter.name for parameter in head.parameters}) == len(head.parameters)
    names = {parameter.name for parameter in head.parameters}
    assert {parameter.instead_of for parameter in head.parameters} <= names | {None}
    assert analysis.slug == analysis.slug.lower().replace("_", "-").replace(" ", "-")


@EVERY
def test_each_default_is_one_that_may_be_given(analysis: Analysis) -> None:
    for parameter in analysis.head.parameters:
        if parameter.kind is ParameterKind.INTEGER:
            assert parameter.minimum is not None
            assert parameter.maximum is not None
            assert parameter.step is not None
            assert parameter.minimum < parameter.maximum
            default = parameter.default
            is_left_out = default is None and parameter.instead_of is not None
            assert is_left_out or parameter.minimum <= int(str(default)) <= parameter.maximum


@pytest.fixture(scope="module")
def busy_desk(
    postgres_url: str, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Following]:
    """A desk on which something happened in the last hours and the last weeks, whatever is asked about."""
    folder = tmp_path_factory.mktemp("busy")
    with cloned_database(postgres_url, template_database) as url, following(url, folder) as desk:
        fill(desk)
        desk.sql("UPDATE ticket SET opened_at = now() - id * interval '12 hours'")
        desk.sql("UPDATE ticket SET first_response_at = opened_at + interval '1 hour' WHERE status <> 'open'")
        desk.sql("UPDATE ticket SET closed_at = opened_at + interval '5 hours' WHERE status = 'closed'")
        desk.catch_up()
        yield desk


@EVERY
def test_each_is_answered_with_the_columns_it_tells_of(busy_desk: Following, analysis: Analysis) -> None:
    """One SELECT, with a sentence about its rows."""
    values = {parameter.name: parameter.default for parameter in analysis.head.parameters}
    answer = busy_desk.replica.ask(analysis.query, values)
    assert set(answer.table.column_names) == {*analysis.head.columns, analysis.head.provisional} - {None}
    assert answer.table.num_rows > 0
    assert busy_desk.replica.say(analysis.head.sentence, answer, values)
    with closing(busy_desk.replica.cursor()[0]) as cursor:
        (statement,) = cursor.extract_statements(analysis.query)
        assert statement.type.name in ("SELECT", "SELECT_STATEMENT")


@pytest.fixture(scope="module")
def without_tickets(
    postgres_url: str, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Following]:
    """A desk that had some."""
    folder = tmp_path_factory.mktemp("without-tickets")
    with cloned_database(postgres_url, template_database) as url, following(url, folder) as desk:
        fill(desk)
        desk.catch_up()
        desk.sql("DELETE FROM ticket")
        desk.catch_up()
        yield desk


@EVERY
def test_each_is_right_about_a_desk_without_tickets(without_tickets: Following, analysis: Analysis) -> None:
    values = {parameter.name: parameter.default for parameter in analysis.head.parameters}
    answer = without_tickets.replica.ask(analysis.query, values)
    assert answer.table.num_rows == 0 or answer.table.to_pylist() == [dict.fromkeys(analysis.head.columns, 0)]
    sentence = without_tickets.replica.say(analysis.head.sentence, answer, values)
    assert sentence is None or sentence.startswith("0 ")


BROKEN = {
    "no comment": ("SELECT 1", "does not begin with a comment"),
    "nothing at all": ("", "does not begin with a comment"),
    "a comment that does not end": (GOOD.replace("*/", ""), "does not begin with a comment"),
    "SQL before the comment": ("SELECT 1;" + GOOD, "does not begin with a comment"),
    "no title": (GOOD.replace("title: A title\n", ""), "title"),
    "a word too many": (GOOD.replace("unit: tickets\n", "unit: tickets\nunits: tickets\n", 1), "units"),
    "an unknown mark": (GOOD.replace("mark: number", "mark: pie"), "mark"),
    "no series": (GOOD.replace("y: [tickets]", "y: []"), "y"),
    "a parameter without a range": (GOOD.replace("maximum: 5, ", ""), "needs minimum, maximum and step"),
    "a choice without options": (GOOD.replace("kind: integer", "kind: choice"), "needs options"),
    "an unknown kind": (GOOD.replace("kind: integer", "kind: date"), "kind"),
    "a name that is none": (GOOD.replace("name: hours", "name: Hours; DROP"), "name"),
    "a parameter not told of": (GOOD.replace("$hours::INTEGER", "$hours::INTEGER + $days::INTEGER"), "days"),
    "a parameter not used": (GOOD.replace(" + $hours::INTEGER", ""), "hours"),
    "no YAML": (GOOD.replace("title: A title", "title: [A title"), "broken.sql"),
    "a chart of a column that is not there": (GOOD.replace("y: [tickets]", "y: [people]"), "no column people"),
    "bars by another column": (
        GOOD.replace("{mark: number, y: [tickets]}", "{mark: bar, x: tickets, y: [tickets], by: tickets}"),
        "only lines of one column",
    ),
    "provisional rows without an x": (
        GOOD.replace("unit: tickets\n", "unit: tickets\nprovisional: share\n", 1),
        "an x",
    ),
    "an empty head": ("/* */ SELECT 1", "broken.sql"),
    "a head that is a list": ("/*\n- title\n*/ SELECT 1", "broken.sql"),
}


@pytest.mark.parametrize(("text", "said"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "broken.sql"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=said) as refusal:
        read(file)
    assert str(refusal.value).startswith("broken.sql")


def test_a_good_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a-slug.sql"
    file.write_text(GOOD, encoding="utf-8")
    assert read(file).slug == "a-slug"
    assert not read(file).depends_on_the_moment


def test_all_of_the_folder_is_in_the_catalogue() -> None:
    assert set(catalogue()) == {file.stem for file in FOLDER.iterdir() if file.suffix == ".sql"}
    assert {"open-in-period", "resolution-time-by-month", "active-by-category"} <= set(catalogue())


def test_a_broken_file_is_left_out_and_told(tmp_path: Path) -> None:
    for slug in ("open-in-period", "active-by-category"):
        shutil.copy(FOLDER / f"{slug}.sql", tmp_path)
    (tmp_path / "wrong.sql").write_text("SELECT 1")
    found = read_catalogue(tmp_path)
    assert set(found.analyses) == {"open-in-period", "active-by-category"}
    (wrong,) = found.unavailable.values()
    assert wrong.reason == "wrong.sql does not begin with a comment that says what it is"
