"""An analysis that cannot run is told in the catalogue, in health and by the check, and leaves the others alone."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.analyses import AnalyticsHealth, CatalogueRead, CheckRead
from contracts.errors import ErrorEnvelope
from tests.support.analytics import Analytics, running_analytics
from tests.support.api import Api, Visitor, done
from tests.support.broken_analyses import FAILS, UNAVAILABLE, write_broken_analyses
from warehouse.catalogue import FOLDER, catalogue


@pytest.fixture(scope="module")
def analytics(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Analytics]:
    folder: Path = tmp_path_factory.mktemp("analyses")
    for file in FOLDER.glob("*.sql"):
        shutil.copy(file, folder)
    write_broken_analyses(folder)
    with running_analytics(api.database_url, api.url, tmp_path_factory.mktemp("home"), analyses=folder) as running:
        yield running


def test_the_catalogue_lists_them_with_the_reason(analytics: Analytics, analyst: Visitor) -> None:
    answer = done(analytics.get("/analyses", headers=analyst.headers))
    found = CatalogueRead.model_validate(answer)
    assert {one.slug for one in found.items} == {*catalogue(), FAILS}
    assert {one.slug for one in found.unavailable} == set(UNAVAILABLE)
    for one in found.unavailable:
        assert UNAVAILABLE[one.slug] in one.reason


@pytest.mark.parametrize("slug", [*UNAVAILABLE, FAILS])
def test_it_is_refused_with_a_sentence(analytics: Analytics, analyst: Visitor, slug: str) -> None:
    answer = analytics.get(f"/analyses/{slug}", headers=analyst.headers)
    assert answer.status_code == 503
    envelope = ErrorEnvelope.model_validate_json(answer.content)
    assert envelope.error == "AnalysisUnavailable"
    assert envelope.detail.startswith(f"The analysis '{slug}' cannot run: ")
    assert envelope.detail.endswith(".")
    assert "Retry-After" not in answer.headers


def test_who_may_not_read_analyses_learns_nothing(analytics: Analytics, student: Visitor) -> None:
    assert analytics.get("/analyses/no-column", headers=student.headers).status_code == 403


@pytest.mark.parametrize("slug", list(catalogue()))
def test_the_others_answer(analytics: Analytics, api: Api, slug: str) -> None:
    assert analytics.ask(api.enter("manager"), slug)["slug"] == slug


def test_health_and_the_check_name_them(analytics: Analytics) -> None:
    answer = analytics.get("/health")
    assert answer.status_code == 200, "the replica follows"
    health = AnalyticsHealth.model_validate_json(answer.content)
    assert health.status == "degraded"
    check = CheckRead.model_validate(analytics.check())
    assert {one.slug for one in check.unavailable} == set(UNAVAILABLE)
    for slug, reason in UNAVAILABLE.items():
        assert f"{slug} cannot run: " in health.checks["analyses"]
        assert reason in health.checks["analyses"]
