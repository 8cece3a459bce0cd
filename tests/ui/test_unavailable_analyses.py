"""Pages while an analysis cannot run: they say so, and show the others."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.analytics import Analytics, running_analytics
from tests.support.api import Api, Visitor
from tests.support.broken_analyses import FAILS, HEAD, write_broken_analyses
from tests.ui.conftest import Opener
from warehouse.catalogue import FOLDER

pytestmark = pytest.mark.usefixtures("_figures")


@pytest.fixture(scope="module")
def analytics(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Analytics]:
    folder: Path = tmp_path_factory.mktemp("analyses")
    for file in FOLDER.glob("*.sql"):
        shutil.copy(file, folder)
    (folder / "resolution-time-by-month.sql").write_text(
        HEAD.format(title="Resolution time by month", query="SELECT mood AS tickets FROM ticket")
    )
    write_broken_analyses(folder)
    with running_analytics(api.database_url, api.url, tmp_path_factory.mktemp("home"), analyses=folder) as running:
        yield running


def test_the_page_names_them_and_offers_the_others(agent: Visitor, see: Opener) -> None:
    screen = see(agent, "analyses", analysis="open-in-period")
    warnings = [warning.value for warning in screen.app.warning]
    assert len(warnings) == 3
    assert "The analysis “Of good mood” cannot run&#58; Binder Error" in "\n".join(warnings)
    assert screen.app.metric[0].value == "0"
    assert "Resolution time by month" not in screen.app.selectbox(key="analysis").options


def test_one_that_fails_says_so_in_its_place(agent: Visitor, see: Opener) -> None:
    screen = see(agent, "analyses", analysis=FAILS)
    assert f"The analysis &#39;{FAILS.replace('-', '&#45;')}&#39; cannot run" in screen.words()
    assert not screen.app.metric
    assert "Something went wrong" not in screen.words()


def test_the_overview_shows_its_other_figures(agent: Visitor, see: Opener, student: Visitor) -> None:
    student.report()
    screen = see(agent, "overview")
    assert [number["value"] for number in screen.data("numbers", "figures")["items"]] == ["1", "1"]
    assert screen.app.get("vega_lite_chart")
    assert len(screen.app.warning) == 1
