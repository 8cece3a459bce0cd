"""Texts are encoded once a request, and never while others wait for it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from contracts.people import Role
from contracts.suggestions import SuggestionCreate
from contracts.tickets import TicketCreate, TicketUpdate
from data_api.learning.categoriser import Categoriser
from data_api.learning.reactions import LearnCategories
from data_api.lists.lookups import Lookups
from data_api.similar.opaque_refs import OpaqueRefs
from data_api.similar.reactions import FindBySimilarReports
from data_api.similar.repository import SimilarRepository
from data_api.similar.service import SimilarService
from data_api.suggestions.service import SuggestionService
from data_api.texts.encoder import Encoder, Vectors, get_encoder
from data_api.texts.text_vectors import TextVectors
from data_api.texts.vectors import centred
from data_api.tickets.list_repository import TicketListRepository
from data_api.tickets.reactions import Reactions
from data_api.tickets.repository import TicketRepository
from data_api.tickets.service import TicketService
from tests.support.actors import actor_of
from tests.support.api import Api, Visitor

Encode = Callable[[Encoder, list[str]], Vectors]


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch, api: Api) -> list[str]:
    """What the test itself has encoded, the service's own work left out; it fails where somebody waits meanwhile."""
    centred(get_encoder().encode(["What reports have in common is found with the first one."]))
    texts: list[str] = []
    encode: Encode = Encoder.encode
    test = threading.current_thread()

    def encode_and_note(encoder: Encoder, some: list[str]) -> Vectors:
        if threading.current_thread() is not test:
            return encode(encoder, some)
        texts.extend(some)
        with psycopg.connect(api.database_url) as other:
            other.execute("SELECT FROM learning FOR UPDATE NOWAIT")
        return encode(encoder, some)

    monkeypatch.setattr(Encoder, "encode", encode_and_note)
    return texts


@contextmanager
def service_of(
    visitor: Visitor, role: Role, engine: Engine, categoriser: Categoriser | None = None
) -> Iterator[TicketService]:
    """As a request has it."""
    actor = actor_of(role, person_id=visitor.person_id, name=visitor.name)
    with Session(engine, autoflush=False, expire_on_commit=False) as session, session.begin():
        lists = TicketListRepository(session, engine, ZoneInfo("UTC"))
        vectors = TextVectors()
        learning = LearnCategories(session, categoriser or Categoriser(), vectors)
        reactions = Reactions(FindBySimilarReports(session, vectors), learning)
        repository = TicketRepository(session)
        yield TicketService(actor, repository, lists, Lookups(session), reactions, 14)


def test_when_staff_report(engine: Engine, agent: Visitor, encoded: list[str]) -> None:
    with service_of(agent, Role.AGENT, engine) as service:
        service.report(TicketCreate(description="The soup is cold", category="services-complaints"))
    assert encoded == ["The soup is cold"]


def test_when_a_student_reports(engine: Engine, student: Visitor, agent: Visitor, encoded: list[str]) -> None:
    """What was suggested on is not encoded again when it is reported: for whoever wrote it, because how quick an answer
    is must tell nobody what others wrote."""
    for title, category in ((None, None), ("Cold soup", None), ("Cold soup", "technical-it")):
        words = {"description": "The soup is cold", "title": title}
        report = TicketCreate.model_validate(words | {"category": category})
        categoriser = Categoriser()
        for visitor, is_suggested in ((student, False), (agent, True)):
            encoded.clear()
            with service_of(visitor, Role.STUDENT, engine, categoriser) as service:
                if is_suggested:
                    found = SimilarRepository(service.repository.session)
                    similar = SimilarService(service.actor, found, OpaqueRefs(None), is_on=True)
                    suggestions = SuggestionService(categoriser, service.lookups, similar)
                    suggestions.suggest(SuggestionCreate.model_validate(words))
                    assert len(encoded) == 1
                service.report(report)
            assert len(encoded) == 1


def test_only_the_latest_texts_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[str] = []
    encode: Encode = Encoder.encode

    def encode_and_note(encoder: Encoder, some: list[str]) -> Vectors:
        encoded.extend(some)
        return encode(encoder, some)

    get_encoder()
    monkeypatch.setattr(Encoder, "encode", encode_and_note)
    monkeypatch.setattr("data_api.learning.categoriser.REMEMBERED", 2)
    categoriser = Categoriser()
    vectors = [categoriser._vector_of(text, 1) for text in ("a", "b", "a", "c", "a", "b")]
    assert encoded == ["a", "b", "c", "b"]
    assert (vectors[0] == vectors[4]).all()
    assert (vectors[1] == vectors[5]).all()


CHANGES: list[dict[str, Any]] = [
    {"category": "services-complaints"},
    {"description": "The bread is hard"},
    {"category": "services-complaints", "description": "The bread is hard", "title": "Bread"},
    {"is_confidential": True, "description": "The bread is hard"},
    {"stage": "in-progress", "description": "The bread is hard"},
]


@pytest.mark.parametrize("change", CHANGES, ids=[" ".join(change) for change in CHANGES])
@pytest.mark.parametrize("was_confirmed", [True, False])
def test_when_staff_change(
    engine: Engine,
    agent: Visitor,
    student: Visitor,
    encoded: list[str],
    change: dict[str, Any],
    was_confirmed: bool,
) -> None:
    ticket = student.report("The soup is cold", category="technical-it")
    if was_confirmed:
        ticket = agent.edit(ticket["id"], category="technical-it")
    with service_of(agent, Role.AGENT, engine) as service:
        service.update(ticket["id"], TicketUpdate(version=ticket["version"], **change))
    assert len(encoded) == 1
