"""The open routes: health and what the desk calls itself."""

from tests.support.api import Api, done


def test_health_is_open_and_tells_its_checks(api: Api) -> None:
    health = done(api.get("/health"))
    assert health["status"] == "ok"
    assert health["checks"] == dict.fromkeys(("database", "live_events", "disk", "categories", "similar_reports"), "ok")


def test_a_monitor_may_ask_for_health_without_its_body(api: Api) -> None:
    answer = api.head("/health")
    assert (answer.status_code, answer.content) == (200, b"")
    assert api.options("/health").status_code == 405


def test_the_desk_says_how_one_enters(api: Api) -> None:
    desk = done(api.get("/desk"))
    assert desk["sign_in"] == ["choice"]
    assert desk["students_see"] == "all"
    assert desk["reopen_days"] == 14
    assert desk["timezone"] == "UTC"
