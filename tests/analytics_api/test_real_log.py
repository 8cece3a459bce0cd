"""The log of a real help desk, where it is there: every month against a computation straight from the file."""

import csv
import gzip
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean

import pytest

from lodge.importing import import_file
from tests.support.analytics import running_analytics
from tests.support.api import running_api
from tests.support.serving import ROOT

REAL_LOG = ROOT.parent / "shared" / "data" / "helpdesk_log.csv.gz"  # not ours to ship
MAPPING = ROOT / "docs" / "examples" / "helpdesk-log.yml"


def straight_from_the_file() -> dict[str, list[float]]:
    """Hours from the first event of a case to its last, by the month of the first, of cases that end as closed."""
    cases: dict[str, list[tuple[datetime, int, str]]] = defaultdict(list)
    with gzip.open(REAL_LOG, "rt", encoding="utf-8") as file:
        for line, row in enumerate(csv.reader(file)):
            if line:
                at = datetime.strptime(row[3], "%Y/%m/%d %H:%M:%S.%f").replace(tzinfo=UTC)
                cases[row[0]].append((at, line, row[1]))
    hours = defaultdict(list)
    for events in cases.values():
        first, last = min(events), max(events)
        if last[2] == "Closed":
            hours[first[0].strftime("%Y-%m")].append((last[0] - first[0]).total_seconds() / 3600)
    return hours


@pytest.mark.skipif(not REAL_LOG.exists(), reason="the real log is not here")
def test_every_month_of_the_real_log(database_url: str, tmp_path: Path) -> None:
    """Imported under the running replica's feet."""
    with running_api(database_url) as api, running_analytics(database_url, api.url, tmp_path) as analytics:
        import_file(database_url, REAL_LOG, MAPPING)
        analyst = api.enter("analyst", "Noor Haddad")
        answer = analytics.ask(analyst, "resolution-time-by-month")
        rows = answer["rows"]
        expected = straight_from_the_file()

        assert len(rows) == 47
        assert {row["month"]: row["tickets"] for row in rows} == {
            month: len(found) for month, found in expected.items()
        }
        means = {month: fmean(found) for month, found in expected.items()}
        assert {row["month"]: row["mean_hours"] for row in rows} == pytest.approx(means, rel=1e-9)

        assert sum(row["tickets"] for row in rows) == 4_557
        overall = sum(row["tickets"] * row["mean_hours"] for row in rows) / 4_557
        assert round(overall, 2) == 980.27
        (october,) = [row for row in rows if row["month"] == "2012-10"]
        assert (october["tickets"], round(october["mean_hours"], 2)) == (42, 991.77)
        final = [row for row in rows if row["month"] not in answer["provisional"]]
        closed = sum(row["tickets"] for row in final)
        days = sum(row["tickets"] * row["mean_hours"] for row in final) / closed / 24
        assert answer["sentence"].startswith(f"It took {days:.1f} days on average to close {closed:,} tickets; ")
        assert analytics.check()["difference"] is None
