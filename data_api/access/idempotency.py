"""`Idempotency-Key`: a POST that is sent again is done once; the retry is answered with what the first one created.

The key is reserved, and what was created is recorded, in the request's own transaction: both are committed or neither
is. The answer itself is not stored: a ticket's text must not outlast the ticket, nor the right to read it.
"""

import hashlib
from collections.abc import Callable
from operator import attrgetter
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Request, Response
from sqlalchemy import BigInteger, String, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data_api.access.actor import ActorDep
from data_api.kit.database import SessionDep, planned_once
from data_api.models import IdempotencyKey
from service_kit.errors import LodgeError

Answer = TypeVar("Answer")

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,200}$",
        description="Any text that is new for each thing to be done; send it again with a retry.",
    ),
]
# Built once, because every POST of the pages executes them.
RESERVE = planned_once(insert(IdempotencyKey).on_conflict_do_nothing().returning(IdempotencyKey.key))
RECORD = planned_once(
    update(IdempotencyKey)
    .where(
        IdempotencyKey.person_id == bindparam("my_person_id", type_=BigInteger),
        IdempotencyKey.key == bindparam("my_key", type_=String),
    )
    .values(made=bindparam("made"))
)


class IdempotencyKeyReused(LodgeError):
    """The key was already used for a different request."""

    status = 422


class Once:
    """Does what one POST asks for, or finds what an earlier POST with the same key created."""

    def __init__(
        self, session: Session, response: Response, person_id: int, key: str | None, request_hash: bytes
    ) -> None:
        self.session = session
        self.response = response
        self.mine = {"person_id": person_id, "key": key}
        self.request_hash = request_hash

    def __call__(
        self,
        do: Callable[[], Answer],
        again: Callable[[Any], Answer],
        made: Callable[[Any], int | str] = attrgetter("id"),
        *,
        known: int | None = None,
    ) -> Answer:
        """Returns the answer of `do`, which runs once per key. `made` takes from that answer the id or slug of what was
        created or changed; `known` is that id, where it is known before. When the key is sent again, `again` is called
        with that id or slug, and answers with what the sender may read by then. Raises IdempotencyKeyReused."""
        if self.mine["key"] is None:
            return do()
        connection = self.session.connection()
        reserved = self.mine | {"request_hash": self.request_hash} | ({} if known is None else {"made": known})
        # The INSERT waits while another request holds the same key. It is repeated because a key that is a day old may
        # be deleted between the INSERT and the SELECT.
        while connection.scalar(RESERVE, reserved) is None:
            first = self.session.scalars(select(IdempotencyKey).filter_by(**self.mine)).one_or_none()
            if first is not None:
                if first.request_hash != self.request_hash or first.made is None:
                    raise IdempotencyKeyReused("This Idempotency-Key was used for another request; take a new one.")
                self.response.headers["Idempotent-Replayed"] = "true"
                return again(first.made)
        answer = do()
        if known is not None:
            return answer
        mine = {f"my_{name}": value for name, value in self.mine.items()}
        connection.execute(RECORD, mine | {"made": made(answer)})
        return answer

    def is_used(self) -> bool:
        """Returns whether something was done with the key already, for this request or another one. For work in other
        transactions that comes before `__call__`."""
        if self.mine["key"] is None:
            return False
        return self.session.scalar(select(IdempotencyKey.key).filter_by(**self.mine)) is not None


async def _request_hash(request: Request) -> bytes:
    return hashlib.sha256(f"{request.method} {request.url.path}\n".encode() + await request.body()).digest()


async def _once(
    response: Response,
    session: SessionDep,
    actor: ActorDep,
    request_hash: Annotated[bytes, Depends(_request_hash)],
    key: Key = None,
) -> Once:
    return Once(session, response, actor.person_id, key, request_hash)


async def _once_of_upload(
    response: Response, session: SessionDep, actor: ActorDep, request: Request, key: Key = None
) -> Callable[[str], Once]:
    def once(content: str) -> Once:
        told = f"{request.method} {request.url.path}\n{content}"
        return Once(session, response, actor.person_id, key, hashlib.sha256(told.encode()).digest())

    return once


# For a request whose body is not kept; it is called with what tells the body from others.
UploadOnceDep = Annotated[Callable[[str], Once], Depends(_once_of_upload, scope="function")]
OnceDep = Annotated[Once, Depends(_once, scope="function")]
