"""`Idempotency-Key`: a POST that is sent again is done once, and answered with what was made of it the first time.

The key is taken in the request's own transaction, and what was made is noted in it: both are there or neither is. The
answer itself is not kept: what a ticket said must not outlast the ticket, nor the right to read it.
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
from data_api.kit.database import SessionDep
from data_api.models import IdempotencyKey
from service_kit.errors import LodgeError

Answer = TypeVar("Answer")

# Built once, because every POST of the pages asks them.
RESERVE = insert(IdempotencyKey).on_conflict_do_nothing().returning(IdempotencyKey.key)
RECORD = (
    update(IdempotencyKey)
    .where(
        IdempotencyKey.person_id == bindparam("my_person_id", type_=BigInteger),
        IdempotencyKey.key == bindparam("my_key", type_=String),
    )
    .values(made=bindparam("made"))
)


class IdempotencyKeyReused(LodgeError):
    """The key was used before, for something else."""

    status = 422


class Once:
    """Does what one POST asks for, or finds what an earlier one with the same key has made."""

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
    ) -> Answer:
        """The answer of `do`, which is called once for a key. `made` tells from it what was made, as a number or a
        name; `again` is called with that when the key comes again, and answers as the sender may read it by then."""
        if self.mine["key"] is None:
            return do()
        connection = self.session.connection()
        # Waits here while another request holds the same key. One that was a day old may be forgotten at this moment.
        while connection.scalar(RESERVE, self.mine | {"request_hash": self.request_hash}) is None:
            first = self.session.scalars(select(IdempotencyKey).filter_by(**self.mine)).one_or_none()
            if first is not None:
                if first.request_hash != self.request_hash or first.made is None:
                    raise IdempotencyKeyReused("This Idempotency-Key was used for another request; take a new one.")
                self.response.headers["Idempotent-Replayed"] = "true"
                return again(first.made)
        answer = do()
        mine = {f"my_{name}": value for name, value in self.mine.items()}
        connection.execute(RECORD, mine | {"made": made(answer)})
        return answer


async def _request_hash(request: Request) -> bytes:
    return hashlib.sha256(f"{request.method} {request.url.path}\n".encode() + await request.body()).digest()


async def _once(
    response: Response,
    session: SessionDep,
    actor: ActorDep,
    request_hash: Annotated[bytes, Depends(_request_hash)],
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            pattern=r"^[\x21-\x7e]{1,200}$",
            description="Any text that is new for each thing to be done; send it again with a retry.",
        ),
    ] = None,
) -> Once:
    return Once(session, response, actor.person_id, key, request_hash)


OnceDep = Annotated[Once, Depends(_once, scope="function")]
