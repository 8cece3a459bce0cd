"""What may be set, and what is said to everything else: 422 that names it, never a 500."""

from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode

from analytics_api.main import create_app
from contracts.errors import ErrorEnvelope
from tests.support.analytics import Analytics
from tests.support.api import Api, Visitor, done
from tests.support.serving import NO_DATABASE
from warehouse.catalogue import catalogue

HOURS, MONTHS = "open-in-period", "resolution-time-by-month"
DOCUMENT = create_app(NO_DATABASE).openapi()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = [(path, method.upper()) for path, methods in DOCUMENT["paths"].items() for method in methods]

NUMBERS = [
    *(
        "0",
        "876001",
        "-1",
        "-5",
        "+5",
        "1.0",
        "1e2",
        "0x10",
        "1_0",
        "",
        " ",
        " 5",
        "5 ",
        "5\n",
        "\t5",
        "abc",
        "None",
        "NULL",
        "nan",
    ),
    *("9" * 9, "9" * 10, "9" * 30, "9" * 5_000, "-" + "9" * 5_000, "2147483648", "9223372036854775808", "0" * 400),
    *(
        "٣",
        "５",
        "²",
        "①",
        "Ⅷ",
        "𝟓",
        "\u200b5",
        "5\u0000",
        "\u0000",
        "5;",
        "5--",
        "5 OR 1=1",
        "$hours",
        "1); DROP TABLE ticket; --",
    ),
]
CHOICES = [
    *("", " ", "none", "NULL", "TECHNICAL-IT", "technical-it ", "technical_it", "technical-it'", "technical-it\u0000"),
    *(
        "' OR '1'='1",
        "x'; DROP TABLE ticket; --",
        "(SELECT slug FROM category)",
        "$category",
        "technical-it%00",
        "\ufeff",
    ),
    *("x" * 5_000, "ТЕХНИКА", "\U0001f600", "../technical-it", "1"),
]


def ask(analytics: Analytics, visitor: Visitor, slug: str, given: list[tuple[str, str]]) -> httpx.Response:
    return analytics.get(
        f"/analyses/{slug}",
        params=httpx.QueryParams(tuple(given)),
        headers={"Authorization": f"Bearer {visitor.token}"},
    )


def named(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    envelope = ErrorEnvelope.model_validate_json(answer.content)
    assert envelope.error == "InvalidInput"
    assert envelope.fields
    return [field.name for field in envelope.fields]


@pytest.mark.parametrize("text", NUMBERS, ids=lambda text: ascii(text)[:20])
def test_no_number_or_out_of_range(analytics: Analytics, analyst: Visitor, text: str) -> None:
    assert named(ask(analytics, analyst, HOURS, [("hours", text)])) == ["query.hours"]


@pytest.mark.parametrize("text", CHOICES, ids=lambda text: ascii(text)[:20])
def test_no_such_choice(analytics: Analytics, analyst: Visitor, text: str) -> None:
    assert named(ask(analytics, analyst, MONTHS, [("category", text)])) == ["query.category"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([("hour", "5")], ["query.hour"]),
        ([("HOURS", "5")], ["query.HOURS"]),
        ([("hours[]", "5")], ["query.hours[]"]),
        ([("as_of", "2026-01-01")], ["query.as_of"]),
        ([("", "5")], ["query."]),
        ([("\u0000", "5")], ["query.\u0000"]),
        ([("hours", "5"), ("hours", "5")], ["query.hours"]),
        ([("hours", "5"), ("hours", "x")], ["query.hours"]),
        ([("hours", "5"), ("days", "1")], ["query.days"]),
        ([("hours", "x"), ("days", "x"), ("other", "1")], ["query.other", "query.hours", "query.days", "query.days"]),
        ([("x" * 3_000, "1")], ["query." + "x" * 100]),
        ([(f"unknown{number}", "1") for number in range(200)], [f"query.unknown{number}" for number in range(50)]),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_every_wrong_one_is_named(
    analytics: Analytics, analyst: Visitor, given: list[tuple[str, str]], expected: list[str]
) -> None:
    assert named(ask(analytics, analyst, HOURS, given)) == expected


def test_bytes_that_are_no_text(analytics: Analytics, analyst: Visitor) -> None:
    for query in ("hours=%ff", "hours=%00", "%ff=1", "hours=%", "hours=5%", "hours=%C0%80", "hours=%ED%A0%80"):
        answer = analytics.get(f"/analyses/{HOURS}?{query}", headers={"Authorization": f"Bearer {analyst.token}"})
        assert named(answer), query


def ends() -> list[tuple[str, str, int]]:
    """Each slider at its least, its most and its default; and the most that may be asked for beside it."""
    return [
        (slug, parameter.name, value)
        for slug, analysis in catalogue().items()
        for parameter in analysis.head.parameters
        for value in {parameter.minimum, parameter.maximum, parameter.default, parameter.accepted}
        if isinstance(value, int)
    ]


@pytest.mark.parametrize(("slug", "name", "value"), ends())
def test_the_ends_of_every_slider(analytics: Analytics, api: Api, slug: str, name: str, value: int) -> None:
    manager = api.enter("manager")
    answer = done(ask(analytics, manager, slug, [(name, str(value))]))
    assert answer["parameters"][name] == value
    (parameter,) = [one for one in catalogue()[slug].head.parameters if one.name == name]
    most = parameter.accepted or parameter.maximum or 0
    assert done(ask(analytics, manager, slug, [(name, str(most))]))["parameters"][name] == most
    most = parameter.accepted or parameter.maximum or 0
    for beyond in ((parameter.minimum or 0) - 1, most + 1):
        assert named(ask(analytics, manager, slug, [(name, str(beyond))])) == [f"query.{name}"]


def test_the_parameters_told_are_those_used(analytics: Analytics, analyst: Visitor) -> None:
    assert analytics.ask(analyst, HOURS)["parameters"] == {"hours": 24, "days": None}
    assert analytics.ask(analyst, HOURS, hours=3)["parameters"] == {"hours": 3, "days": None}
    assert analytics.ask(analyst, HOURS, days=3)["parameters"] == {"hours": None, "days": 3}
    assert analytics.ask(analyst, HOURS, hours="007")["parameters"] == {"hours": 7, "days": None}
    assert analytics.ask(analyst, MONTHS)["parameters"] == {"category": None, "at_least": 1}
    categories = ("facility-management", "services-complaints", "technical-it")
    assert [analytics.ask(analyst, MONTHS, category=slug)["parameters"]["category"] for slug in categories] == [
        *categories
    ]


def test_a_new_category_can_be_chosen_at_once(analytics: Analytics, analyst: Visitor, admin: Visitor) -> None:
    assert named(ask(analytics, analyst, MONTHS, [("category", "lost-and-found")]))
    phrase = {"name": "Lost and found", "description": "What was lost."}
    assert admin.post("/categories", json=phrase).status_code == 201
    assert analytics.ask(analyst, MONTHS, category="lost-and-found")["rows"] == []


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("path", ["/analyses", "/analyses/{slug}"])
def test_hostile_input_of_all_kinds(analytics: Analytics, analyst: Visitor, path: str, mode: GenerationMode) -> None:
    """Made up from the service's own document; it names no parameters, which the catalogue tells."""

    @given(case=SCHEMA[path]["GET"].as_strategy(generation_mode=mode))
    @settings(
        max_examples=20,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def send(case: Case[Any]) -> None:
        for headers in ({"Authorization": f"Bearer {analyst.token}"}, {}):
            answer = case.call(base_url=analytics.url, headers=headers)
            assert answer.status_code in (200, 401, 403, 404, 405, 406, 422), answer.content
            if answer.status_code >= 400:
                assert ErrorEnvelope.model_validate_json(answer.content).error

    send()


def test_the_document_tells_of_every_refusal() -> None:
    assert set(OPERATIONS) == {
        ("/health", "GET"),
        ("/analyses", "GET"),
        ("/analyses/{slug}", "GET"),
        ("/replica/check", "POST"),
        ("/metrics", "GET"),
        ("/sql", "POST"),
        ("/sql/schema", "GET"),
        ("/sql/schema/{table}", "GET"),
        ("/sql/files", "POST"),
        ("/sql/files/{id}", "GET"),
        ("/sql/{id}", "GET"),
        ("/sql/{id}", "DELETE"),
        ("/snapshot", "GET"),
    }
    answers = DOCUMENT["paths"]["/analyses/{slug}"]["get"]["responses"]
    assert {"200", "401", "403", "404", "422", "503"} <= set(answers)
