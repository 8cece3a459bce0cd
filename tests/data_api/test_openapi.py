"""The OpenAPI document: what it promises a reader and a program."""

from typing import Any

import pytest

from contracts.board import MOST_CARDS
from contracts.pages import MAX_LIMIT
from data_api.main import create_app
from tests.support.serving import NO_DATABASE

DOCUMENT = create_app(NO_DATABASE).openapi()
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
SIGN_IN = {"POST /sessions", "POST /sessions/hand-off", "POST /sessions/redeem", "POST /sessions/oidc/finish"}
LINKS = {"POST /invitations/check", "POST /invitations/redeem"}
OPEN = {"GET /health", "GET /desk", "POST /sessions/oidc/begin", *SIGN_IN, *LINKS}


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_route_tells_its_errors(name: str) -> None:
    operation = OPERATIONS[name]
    told = set(operation["responses"])
    # Those who sign in have no token yet; what is wrong is their password or their code.
    assert ("401" in told) == (name not in OPEN - SIGN_IN)
    if "{" in name:
        assert {"404", "422"} <= told
    if "requestBody" in operation or "parameters" in operation:
        assert "422" in told
    if name.startswith("PATCH /tickets"):
        assert "409" in told


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_error_comes_in_the_envelope(name: str) -> None:
    for status, answer in OPERATIONS[name]["responses"].items():
        if status >= "400" and name != "GET /health":
            (content,) = answer["content"].values()
            assert content["schema"] == {"$ref": "#/components/schemas/ErrorEnvelope"}
            assert answer["description"].startswith("`")


def test_only_the_open_routes_want_no_token() -> None:
    assert {name for name, operation in OPERATIONS.items() if "security" not in operation} == OPEN


@pytest.mark.parametrize("name", ["TicketCreate", "TicketUpdate", "StatusChange", "MessageCreate", "SessionCreate"])
def test_what_is_sent_most_has_an_example(name: str) -> None:
    assert DOCUMENT["components"]["schemas"][name]["examples"]


def test_every_example_is_one() -> None:
    schemas: dict[str, Any] = DOCUMENT["components"]["schemas"]
    for name, schema in schemas.items():
        for example in schema.get("examples", []):
            assert set(example) <= set(schema["properties"]), name


def test_every_list_is_bounded() -> None:
    limits = [
        parameter["schema"]["maximum"]
        for operation in OPERATIONS.values()
        for parameter in operation.get("parameters", [])
        if parameter["name"] == "limit"
    ]
    assert set(limits) == {MAX_LIMIT, MOST_CARDS}
    assert len(limits) >= 4


STORES_NOTHING = {
    "POST /tickets/suggestions",
    "POST /tickets/bulk/preview",
    "POST /tickets/{ticket_id}/mentions/check",
    "POST /sessions/oidc/end",
    "POST /assignment-rules/try",
}


@pytest.mark.parametrize(
    "name", [name for name in OPERATIONS if name.startswith("POST") and name not in OPEN | STORES_NOTHING]
)
def test_every_post_takes_an_idempotency_key(name: str) -> None:
    assert "Idempotency-Key" in {parameter["name"] for parameter in OPERATIONS[name]["parameters"]}
