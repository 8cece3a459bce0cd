"""An analysis that DuckDB cannot run is found before anybody asks, and the others stay."""

from pathlib import Path

import pytest

from tests.warehouse.test_catalogue import GOOD
from warehouse.catalogue import catalogue
from warehouse.checked_catalogue import checked_catalogue
from warehouse.tables import Definition

USUAL = Definition("UTC", with_text=False)
CHOICE = 'kind: choice, options: "{options}"'
INTEGER = "kind: integer, minimum: 1, maximum: 5, step: 1, default: 1"

CANNOT_RUN = {
    "a column that is not there": (GOOD.replace("count(*)", "sum(mood)"), '"mood" not found'),
    "a table that is not there": (GOOD.replace("FROM ticket", "FROM nowhere"), "nowhere does not exist"),
    "no SQL": (GOOD.replace("SELECT count", "SELEKT count"), "syntax error"),
    "a text that is not copied here": (GOOD.replace("count(*)", "max(length(title))"), '"title" not found'),
    "a statement that writes": (
        GOOD.replace("SELECT count(*)", "DELETE FROM ticket; SELECT count(*)"),
        "not one SELECT",
    ),
    "another name of its column": (GOOD.replace("AS tickets", "AS number"), "returns the columns"),
    "a sentence with another column": (GOOD.replace("max(tickets)", "max(people)"), '"people" not found'),
    "a sentence with another parameter": (GOOD.replace("max(tickets)", "$days"), "days"),
    "a share that is not returned": (
        GOOD.replace("mark: number,", "mark: line, x: tickets,").replace(
            "unit: tickets\n", "unit: tickets\nprovisional: share\n", 1
        ),
        "share",
    ),
    "options of a table that is not there": (
        GOOD.replace(INTEGER, CHOICE.format(options="SELECT value, label FROM nowhere")),
        "nowhere does not exist",
    ),
    "options without labels": (
        GOOD.replace(INTEGER, CHOICE.format(options="SELECT slug AS value FROM category")),
        "label",
    ),
}


@pytest.mark.parametrize(("text", "reason"), CANNOT_RUN.values(), ids=CANNOT_RUN.keys())
def test_what_cannot_run_is_listed_with_the_reason(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "good.sql").write_text(GOOD)
    (tmp_path / "bad.sql").write_text(text)
    found = checked_catalogue(USUAL, tmp_path)
    assert set(found.analyses) == {"good"}
    assert set(found.unavailable) == {"bad"}
    assert found.unavailable["bad"].title == "A title"
    assert reason in found.unavailable["bad"].reason
    assert "\n" not in found.unavailable["bad"].reason


def test_all_those_of_lodge_can_run(tmp_path: Path) -> None:
    found = checked_catalogue(USUAL)
    assert set(found.analyses) == set(catalogue())
    assert not found.unavailable


def test_an_analysis_of_texts_runs_where_texts_are_copied(tmp_path: Path) -> None:
    (tmp_path / "titles.sql").write_text(GOOD.replace("count(*)", "max(length(title))"))
    assert set(checked_catalogue(Definition("UTC", with_text=True), tmp_path).analyses) == {"titles"}
    assert set(checked_catalogue(USUAL, tmp_path).unavailable) == {"titles"}
