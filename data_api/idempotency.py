"""`Idempotency-Key`: a POST that is sent again gets the answer of the first time, and is done once.

The key is taken in the request's own transaction, and the answer stored in it: both are there or neither is.
"""

import hashlib
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, NoReturn

from fastapi import Depends, Header, Request, Response
from sqlalchemy import BigInteger, String, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data_api.auth import ActorDep
from data_api.database import SessionDep, before_commit
from data_api.models import IdempotencyKey
from service_kit.errors import LodgeError
from service_kit.routing import Route

# Built once, because every POST of the pages asks them.
RESERVE = insert(IdempotencyKey).on_conflict_do_nothing().returning(IdempotencyKey.key)
RECORD = (
    update(IdempotencyKey)
    .where(
        IdempotencyKey.person_id == bindparam("my_person_id", type_=BigInteger),
        IdempotencyKey.key == bindparam("my_key", type_=String),
    )
    .values(status=bindparam("status"), body=bindparam("body"))
)


class IdempotencyKeyReused(LodgeError):
    """The key was used before, for something else."""

    status = 422


class Replay(Exception):
    """Carries the first answer out of the dependency; never an error."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(status)
        self.response = Response(
            body, status_code=status, media_type="application/json", headers={"Idempotent-Replayed": "true"}
        )


class Reservation:
    """A key taken by this request, waiting for its answer."""

    def __init__(self, session: Session, person_id: int, key: str) -> None:
        self.session = session
        self.mine = {"my_person_id": person_id, "my_key": key}

    def keep(self, response: Response) -> None:
        """Stored as the last thing of the transaction."""
        answer = {"status": response.status_code, "body": bytes(response.body)}
        before_commit(self.session, lambda: self.session.connection().execute(RECORD, self.mine | answer))


async def _request_hash(request: Request) -> bytes:
    return hashlib.sha256(f"{request.method} {request.url.path}\n".encode() + await request.body()).digest()


def _reserve(
    request: Request,
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
) -> None:
    if key is None:
        return
    mine = {"person_id": actor.person_id, "key": key}
    # Waits here while another request holds the same key. One that was a day old may be forgotten at this moment.
    while session.connection().scalar(RESERVE, mine | {"request_hash": request_hash}) is None:
        first = session.scalars(select(IdempotencyKey).filter_by(**mine)).one_or_none()
        if first is not None:
            _answer_again(first, request_hash)
    request.scope["state"]["idempotency"] = Reservation(session, actor.person_id, key)


def _answer_again(first: IdempotencyKey, request_hash: bytes) -> NoReturn:
    if first.request_hash != request_hash or first.status is None or first.body is None:
        raise IdempotencyKeyReused("This Idempotency-Key was used for another request; take a new one.")
    raise Replay(first.status, first.body)


Idempotent = Depends(_reserve, scope="function")


class IdempotentRoute(Route):
    """Stores the answer before the transaction commits; the dependency `Idempotent` takes the key."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def answer_once(request: Request) -> Response:
            try:
                response = await handler(request)
            except Replay as replay:
                return replay.response
            reservation: Reservation | None = request.scope["state"].get("idempotency")
            if reservation is not None:
                reservation.keep(response)
            return response

        return answer_once
