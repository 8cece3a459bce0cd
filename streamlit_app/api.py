"""The one client of the data API: pooled, never without a time-out, typed answers, one kind of error."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar
from uuid import uuid4

import httpx
from pydantic import BaseModel, ValidationError

from contracts.desk import DeskRead, Overview
from contracts.errors import ErrorEnvelope
from contracts.lists import (
    BuildingCreate,
    BuildingRead,
    BuildingUpdate,
    CategoryCreate,
    CategoryRead,
    CategoryUpdate,
    StageRead,
)
from contracts.messages import MessageCreate, MessageRead
from contracts.pages import CountedPage, Page
from contracts.people import Me, PersonCreate, PersonRead, Role, Unread
from contracts.tickets import StatusChange, TicketCreate, TicketEventRead, TicketQuery, TicketRead, TicketUpdate
from streamlit_app.answers import Answers
from streamlit_app.environment import data_api_url
from streamlit_app.errors import ApiError, DeskAway

Model = TypeVar("Model", bound=BaseModel)
Query = Mapping[str, Any]

AWAY_STATUSES = {502, 503, 504}
# A connection that the service closed while it lay in the pool, or that broke half way.
CONNECTION_LOST = (httpx.NetworkError, httpx.RemoteProtocolError)


@cache
def http_client() -> httpx.Client:
    """Shared by all sessions of this process."""
    return httpx.Client(
        base_url=data_api_url(),
        timeout=httpx.Timeout(connect=2, read=10, write=10, pool=5),
        limits=httpx.Limits(max_connections=100, max_keepalive_connections=50),
    )


class Api:
    """The data API as one person sees it. Each method raises ApiError, and DeskAway when nothing answers.

    With `answers`, tabs that ask the same at the same moment share what comes back.
    """

    def __init__(self, token: str | None = None, answers: Answers | None = None) -> None:
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._answers = answers

    # The desk

    def desk(self) -> DeskRead:
        return self._get("/desk", DeskRead)

    def overview(self) -> Overview:
        return self._get("/overview", Overview)

    def categories(self) -> list[CategoryRead]:
        return self._get("/categories", Page[CategoryRead]).items

    def buildings(self) -> list[BuildingRead]:
        return self._get("/buildings", Page[BuildingRead]).items

    def stages(self) -> list[StageRead]:
        return self._get("/stages", Page[StageRead]).items

    def add_category(self, new: CategoryCreate, key: str | None = None) -> CategoryRead:
        return self._post("/categories", new, CategoryRead, key)

    def change_category(self, slug: str, change: CategoryUpdate) -> CategoryRead:
        return self._patch(f"/categories/{slug}", change, CategoryRead)

    def delete_category(self, slug: str) -> None:
        self._send("DELETE", f"/categories/{slug}")

    def add_building(self, new: BuildingCreate, key: str | None = None) -> BuildingRead:
        return self._post("/buildings", new, BuildingRead, key)

    def change_building(self, slug: str, change: BuildingUpdate) -> BuildingRead:
        return self._patch(f"/buildings/{slug}", change, BuildingRead)

    def delete_building(self, slug: str) -> None:
        self._send("DELETE", f"/buildings/{slug}")

    # People

    def me(self) -> Me:
        return self._get("/me", Me)

    def unread(self) -> Unread:
        return self._get("/me/unread", Unread)

    def people(self, *, roles: Sequence[Role] = (), q: str | None = None, limit: int = 50) -> list[PersonRead]:
        return self._get("/people", Page[PersonRead], {"role": list(roles), "q": q, "limit": limit}).items

    def add_person(self, person: PersonCreate, key: str | None = None) -> PersonRead:
        return self._post("/people", person, PersonRead, key)

    # Tickets

    def tickets(self, query: TicketQuery) -> CountedPage[TicketRead]:
        asked = query.model_dump(mode="json", exclude_defaults=True)
        return self._get("/tickets", CountedPage[TicketRead], asked)

    def ticket(self, ticket_id: int) -> TicketRead:
        return self._get(f"/tickets/{ticket_id}", TicketRead)

    def report(self, ticket: TicketCreate, key: str | None = None) -> TicketRead:
        return self._post("/tickets", ticket, TicketRead, key)

    def edit(self, ticket_id: int, update: TicketUpdate) -> TicketRead:
        return self._patch(f"/tickets/{ticket_id}", update, TicketRead)

    def move(self, ticket_id: int, change: StatusChange, key: str | None = None) -> TicketRead:
        return self._post(f"/tickets/{ticket_id}/status", change, TicketRead, key)

    def delete(self, ticket_id: int) -> None:
        self._send("DELETE", f"/tickets/{ticket_id}")

    def history(self, ticket_id: int, *, limit: int = 200) -> list[TicketEventRead]:
        return self._get(f"/tickets/{ticket_id}/history", Page[TicketEventRead], {"limit": limit}).items

    def messages(self, ticket_id: int, *, limit: int = 50, cursor: str | None = None) -> Page[MessageRead]:
        """The latest first."""
        query = {"sort": "-created_at", "limit": limit, "cursor": cursor}
        return self._get(f"/tickets/{ticket_id}/messages", Page[MessageRead], query)

    def say(self, ticket_id: int, message: MessageCreate, key: str | None = None) -> MessageRead:
        return self._post(f"/tickets/{ticket_id}/messages", message, MessageRead, key)

    def follow(self, ticket_id: int, *, follow: bool) -> None:
        self._send("PUT" if follow else "DELETE", f"/tickets/{ticket_id}/follow")

    # How

    def _get(self, path: str, model: type[Model], query: Query | None = None) -> Model:
        params = {name: value for name, value in (query or {}).items() if value not in (None, "", [], ())}

        def ask() -> Model:
            return model.model_validate_json(self._send("GET", path, params=params).content)

        return self._answers.once((path, repr(params)), ask) if self._answers else ask()

    def _post(self, path: str, body: BaseModel, model: type[Model], key: str | None) -> Model:
        headers = {"Idempotency-Key": key or uuid4().hex}
        sent = body.model_dump(mode="json", exclude_unset=True)
        return model.model_validate_json(self._send("POST", path, json=sent, headers=headers).content)

    def _patch(self, path: str, change: BaseModel, model: type[Model]) -> Model:
        sent = change.model_dump(mode="json", exclude_unset=True)
        return model.model_validate_json(self._send("PATCH", path, json=sent).content)

    def _send(self, method: str, path: str, headers: Mapping[str, str] | None = None, **what: Any) -> httpx.Response:
        request = http_client().build_request(method, path, headers={**self._headers, **(headers or {})}, **what)
        try:
            answer = _answer(request)
        finally:
            # Whatever became of it: what was asked before may no longer be so.
            if self._answers and method != "GET":
                self._answers.forget()
        if answer.status_code in AWAY_STATUSES:
            raise DeskAway
        if answer.is_error:
            raise _refusal(answer)
        return answer


def _answer(request: httpx.Request) -> httpx.Response:
    """Once more after a lost connection, where a second time does no harm."""
    try:
        return http_client().send(request)
    except CONNECTION_LOST:
        if request.method == "PATCH":
            raise DeskAway from None
    except httpx.TransportError:
        raise DeskAway from None
    try:
        return http_client().send(request)
    except httpx.TransportError:
        raise DeskAway from None


def _refusal(answer: httpx.Response) -> ApiError:
    try:
        envelope = ErrorEnvelope.model_validate_json(answer.content)
    except ValidationError:
        envelope = ErrorEnvelope(
            error="UnknownAnswer",
            detail=f"The desk answered in a way that this page does not understand ({answer.status_code}).",
            request_id=answer.headers.get("X-Request-ID", ""),
        )
    wait = answer.headers.get("Retry-After", "")
    return ApiError(answer.status_code, envelope, int(wait) if wait.isdigit() else None)
