"""Hostile input, made up from the service's own OpenAPI document: whatever is sent, the answer is one that the
document or the envelope knows, and a refusal has written nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode

from contracts.errors import ErrorEnvelope
from data_api.main import create_app
from tests.support.api import ANSWER_SECONDS, Api, Visitor, running_api
from tests.support.serving import NO_DATABASE

EXAMPLES = 12
WRITTEN = """
SELECT (SELECT max(id) FROM change), (SELECT count(*) FROM ticket_read), (SELECT count(*) FROM idempotency_key),
       (SELECT max(id) FROM query_run), (SELECT max(id) FROM ticket_view)
"""
DOCUMENT = create_app(NO_DATABASE).openapi()
# The server's own answer to a header that HTTP does not allow, which a made-up one may be: the service never sees it.
NOT_HTTP = b"Invalid HTTP request received."
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
# The others take no input.
OPERATIONS = [
    (path, method.upper())
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if {"parameters", "requestBody"} & set(operation)
]


@pytest.fixture(scope="module")
def api(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """With a home, in which it keeps the files that are sent."""
    with running_api(module_database_url, LODGE_HOME=str(tmp_path_factory.mktemp("home"))) as running:
        yield running


@pytest.fixture(scope="module")
def known(student: Visitor, admin: Visitor) -> dict[str, list[Any]]:
    """What an address may name that is really there."""
    numbers = [student.report()["id"] for _ in range(3)]
    student.move(numbers[2], "closed")
    student.edit(numbers[0], title="The lift is stuck again.")
    admin.edit(numbers[0], tags=["lift"])
    admin.post("/buildings", json={"name": "Tower"})
    saved = admin.post("/queries", json={"name": "Open tickets", "sql": "FROM ticket"}).json()
    for named in ("buildings", "teams"):
        admin.post(f"/{named}", json={"name": "Tower"})
    admin.post("/roles", json={"name": "Tower", "permissions": ["tickets:report"]})
    today = datetime.now(UTC).date().isoformat()
    return {
        "ticket_id": numbers,
        "event_id": [event["id"] for event in student.get(f"/tickets/{numbers[0]}/history").json()["items"]],
        "slug": ["technical-it", "tower", "facility-management"],
        "person_id": [admin.post("/people", json={"name": "Known"}).json()["id"]],
        "version": [1],
        "query_id": [saved["id"]],
        "view_id": [admin.post("/views", json={"name": "Mine", "query": {"status": ["open"]}}).json()["id"]],
        "attachment_id": [student.upload(b"known\n", ticket_id=numbers[0])["id"]],
        "bulk_id": [
            admin.post("/tickets/bulk", json={"ids": numbers[:1], "change": {"priority": "high"}}).json()["id"]
        ],
        "change_id": [admin.post("/tags/merge", json={"tag": "lift", "into": "elevator"}).json()["id"]],
        "rule_id": [10**9],
        "reply_id": [admin.post("/canned-replies", json={"title": "Hi", "text": "Hi {requester}"}).json()["id"]],
        "entry_id": [admin.post(f"/tickets/{numbers[0]}/time", json={"minutes": 5, "day": today}).json()["id"]],
        "example_id": [1, 2, 3],
        "token_id": [10**9],
        "session_id": [10**9],
    }


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_is_an_expected_one(
    api: Api, known: dict[str, list[Any]], path: str, method: str, mode: GenerationMode
) -> None:
    # Sign-ins of their own: what is sent may end the sign-ins of people. Each case is sent by both, so that it
    # is made up once.
    visitors = {who: api.enter(who, f"Hostile {who}") for who in ("student", "admin")}

    @given(case=SCHEMA[path][method].as_strategy(generation_mode=mode), data=st.data())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def send(case: Case[Any], data: st.DataObject) -> None:
        for name in case.path_parameters or {}:
            if data.draw(st.booleans()):
                case.path_parameters[name] = data.draw(st.sampled_from(known[name]))
        for who, visitor in visitors.items():
            before = api.sql(WRITTEN)
            headers = {"Authorization": f"Bearer {visitor.token}"}
            answer = case.call(base_url=api.url, headers=headers, timeout=ANSWER_SECONDS)
            assert answer.status_code < 500, (who, answer.content)
            if answer.status_code >= 400:
                assert answer.content == NOT_HTTP or ErrorEnvelope.model_validate_json(answer.content).error, who
                assert api.sql(WRITTEN) == before, who

    send()
