"""What saves a file in the browser: a result that is ready, and a chart as a picture."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.components.bare import DESK, Bare
from tests.components.conftest import Opener

pytestmark = pytest.mark.second_try

CHART = """() => document.body.insertAdjacentHTML("beforeend", `<style>.chart text { fill: rgb(1, 2, 3) }</style>
  <div class="chart st-key-picture"><svg class="marks" width="200" height="100">
  <text y="20">café</text></svg></div>`)"""


def ready(part: Bare, id_: str) -> None:
    part.draw(id=id_, href=f"sql-files/{id_}", name="result.csv", label="Save result.csv")


def test_a_file_is_saved_by_itself_once_and_then_by_its_link(bare: Opener) -> None:
    part = bare("download")
    saved: list[str] = []
    part.page.on("download", lambda download: saved.append(download.url))
    with part.page.expect_download() as first:
        ready(part, "one")
    assert first.value.suggested_filename == "result.csv"
    ready(part, "one")
    part.open()
    ready(part, "one")
    with part.page.expect_download():
        part.page.get_by_role("link", name="Save result.csv").click()
    with part.page.expect_download():
        ready(part, "two")
    assert saved == [f"{DESK}/sql-files/{id_}" for id_ in ("one", "one", "two")]


def test_a_chart_becomes_a_picture_as_it_is_on_the_screen(bare: Opener, tmp_path: Path) -> None:
    part = bare("chart_files")
    part.draw(chart=".st-key-picture", name="chart")
    part.page.get_by_role("button", name="Save as SVG").click()
    expect(part.page.get_by_role("status")).to_have_text("The chart is not drawn yet.")
    part.page.evaluate(CHART)
    with part.page.expect_download() as svg:
        part.page.get_by_role("button", name="Save as SVG").press("Enter")
    svg.value.save_as(tmp_path / "chart.svg")
    text = (tmp_path / "chart.svg").read_text("utf-8")
    assert "café" in text
    assert "fill: rgb(1, 2, 3)" in text, "the page's own rule is no part of the file"
    with part.page.expect_download() as png:
        part.page.get_by_role("button", name="Save as PNG").press("Enter")
    png.value.save_as(tmp_path / "chart.png")
    content = (tmp_path / "chart.png").read_bytes()
    assert content.startswith(b"\x89PNG")
    assert (int.from_bytes(content[16:20]), int.from_bytes(content[20:24])) == (400, 200)
