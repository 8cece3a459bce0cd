"""What people do with the cards of the board: move one to another stage, and assign one. The browser sends it by
itself, without Streamlit (ADR 56): it is neither lost nor late while a page is being drawn or left.

The data API decides what is allowed. A change of other fields since the card was drawn does not matter, as on a
ticket's page (`tickets/editing.py`).
"""

import time
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contracts.base import Id, Slug, Version
from contracts.tickets import TicketRead, TicketUpdate
from streamlit_app.client.api import Api
from streamlit_app.client.errors import ApiError, DeskAway
from streamlit_app.server.json_requests import Refused, read_body, token_of, visitor_of
from streamlit_app.server.live_updates import subscription_of

MOST_BODY_BYTES = 4_000
# How often a change is tried, each time with the newest version of the ticket.
TRIES = 3
# The change of somebody who was faster is one of the latest.
LATEST = 20


class Change(BaseModel):
    """`seen` is what the person saw in this field, and `version` the ticket's version then. `despite_blockers`: they
    want to close it although it waits for others."""

    model_config = ConfigDict(extra="forbid")

    ticket: Id
    version: Version
    field: Literal["stage", "assignee"]
    seen: Slug | Id | None
    wanted: Slug | Id
    despite_blockers: bool = False


async def change_card(request: Request) -> Response:
    """POST: makes the change. Answers `{"ticket", "problem", "is_blocked", "faster", "at"}`. `problem` says why nothing
    was done, and `is_blocked` that it is done when it is sent again with `despite_blockers`; if somebody else was
    faster, `faster` says who, and to which value they changed the field. `ticket` is the ticket as it is now, if that
    is known. `at` is the moment of the answer, on the clock of the pages (`asked_at` in the board's data)."""
    try:
        token = token_of(request)
        wish = await read_body(request, Change, MOST_BODY_BYTES, f"{MOST_BODY_BYTES:,} bytes", "change of a card")
    except Refused as refused:
        return JSONResponse({"detail": refused.detail}, refused.status)
    answers = found.answers if (found := subscription_of(token)) else None
    told = await run_in_threadpool(_made, Api(token, answers, visitor_of(request)), wish)
    return JSONResponse(told | {"at": time.monotonic()}, headers={"Cache-Control": "no-store"})


def _made(api: Api, wish: Change) -> dict[str, Any]:
    version, now = wish.version, None
    for _ in range(TRIES):
        try:
            return _told(api.edit(wish.ticket, _update(wish, version)))
        except DeskAway:
            # A connection that was closed while it was idle. The version makes it harmless to send the change again.
            continue
        except ApiError as error:
            if (now := error.current) is None:
                return _told(None, problem=error.sentence, is_blocked=error.envelope.error == "TicketBlocked")
        except ValidationError:
            return _told(None, problem="A ticket cannot have that value.")
        if (value := _value(now, wish.field)) == wish.wanted:
            return _told(now)
        if value != wish.seen:
            break
        version = now.version
    if now is None:
        return _told(None, problem=DeskAway.words)
    return _told(now, problem="Somebody else was faster.", faster=_who_was_faster(api, wish))


def _update(wish: Change, version: int) -> TicketUpdate:
    despite = {"despite_blockers": True} if wish.despite_blockers else {}
    return TicketUpdate.model_validate({"version": version, wish.field: wish.wanted, **despite})


def _value(ticket: TicketRead, field: str) -> str | int | None:
    if field == "stage":
        return ticket.stage
    return ticket.assignee.id if ticket.assignee else None


def _told(
    ticket: TicketRead | None,
    *,
    problem: str = "",
    is_blocked: bool = False,
    faster: dict[str, str | None] | None = None,
) -> dict[str, Any]:
    shown = ticket and {
        "version": ticket.version,
        "stage": ticket.stage,
        "allowed": ticket.allowed_statuses,
        "assignee": ticket.assignee.id if ticket.assignee else None,
        "assignee_name": ticket.assignee.name if ticket.assignee else "",
    }
    return {"ticket": shown, "problem": problem, "is_blocked": is_blocked, "faster": faster}


def _who_was_faster(api: Api, wish: Change) -> dict[str, str | None] | None:
    """Returns the name of whoever changed this field last, and the value after it, as the history has it; None if that
    cannot be known."""
    try:
        events = api.history(wish.ticket, limit=LATEST).items
        me = api.me().person
    except ApiError:
        return None
    event = next((event for event in events if event.kind == wish.field), None)
    if event is None or event.actor is None:
        return None
    name = "You" if event.actor.id == me.id else event.actor.name
    return {"name": name, "to": event.to_value}


routes = [Route("/board/changes", change_card, methods=["POST"])]
