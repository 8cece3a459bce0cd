"""What the queue finds, taken along as a file."""

import csv
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Opener
from tests.journeys.window import settled
from tests.support.api import Api
from tests.support.looks import WCAG_2_2_AA, found_by_axe

pytestmark = pytest.mark.second_try


def test_the_queue_is_saved_as_a_file(visit: Opener, api: Api, tmp_path: Path) -> None:
    student = api.enter("student", "Ezra Export")
    numbers = [student.report(f"The zeppelin leaks, part {part}")["id"] for part in "abc"]
    page = visit("agent", "Kim Export").open("queue", q="zeppelin leaks part")
    settled(page)
    page.get_by_role("button", name="Export…").press("Enter")
    dialog = page.get_by_role("dialog")
    with page.expect_download() as first:
        dialog.get_by_role("button", name="Export 3 tickets").press("Enter")
    expect(dialog.get_by_role("status")).to_contain_text("3 tickets")
    with Path(first.value.path()).open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    assert [int(row["Number"]) for row in found] == numbers[::-1]
    assert found[0]["Requester"] == "Ezra Export"

    dialog.get_by_role("radio", name="Excel").click()
    settled(page)
    with page.expect_download() as second:
        dialog.get_by_role("button", name="Export 3 tickets").click()
    second.value.save_as(tmp_path / "tickets.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "tickets.xlsx").worksheets[0].values)
    assert [row[0] for row in rows] == ["Number", *numbers[::-1]]
    assert found_by_axe(page, WCAG_2_2_AA) == []
