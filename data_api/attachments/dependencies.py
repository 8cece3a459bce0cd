"""What the routes of attachments need: the service, and the file that a request brings."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session
from starlette.requests import ClientDisconnect

from data_api.access.actor import Actor, ActorDep, find_actor
from data_api.access.rate_limits import Limited, address_of, count_one
from data_api.attachments.repository import AttachmentRepository
from data_api.attachments.service import AttachmentService
from data_api.files.errors import UploadCutShort
from data_api.files.receiving import Body
from data_api.files.storage import Storage
from data_api.files.uploads import Kept, Uploads
from data_api.kit.database import Database, SessionDep
from data_api.tickets.endpoints import TicketId
from data_api.tickets.repository import TicketRepository
from service_kit.errors import NotSignedIn
from service_kit.request_ids import request_id_of
from service_kit.settings import Settings


def _uploads_of(request: Request) -> Uploads:
    uploads: Uploads = request.app.state.organisation.uploads
    return uploads


async def _uploads(request: Request) -> Uploads:
    return _uploads_of(request)


UploadsDep = Annotated[Uploads, Depends(_uploads)]


def _made(actor: Actor, session: Session, storage: Storage) -> AttachmentService:
    return AttachmentService(actor, AttachmentRepository(session), TicketRepository(session), storage)


async def _service(session: SessionDep, actor: ActorDep, uploads: UploadsDep) -> AttachmentService:
    return _made(actor, session, uploads.storage)


ServiceDep = Annotated[AttachmentService, Depends(_service, scope="function")]


def _body_of(request: Request) -> Body:
    told = request.headers
    return Body(_pieces(request), told.get("content-type", ""), told.get("content-length", ""))


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    try:
        async for piece in request.stream():
            yield piece
    except ClientDisconnect:
        raise UploadCutShort from None


async def _draft(request: Request) -> AsyncIterator[Kept]:
    sender = await _let_in(request, None)
    async with _uploads_of(request).taken(_body_of(request), sender) as kept:
        yield kept


async def _file_of_ticket(request: Request, ticket_id: TicketId) -> AsyncIterator[Kept]:
    sender = await _let_in(request, ticket_id)
    async with _uploads_of(request).taken(_body_of(request), sender) as kept:
        yield kept


# A route names these before anything that opens the request's session: while a file arrives, which may take minutes,
# its request must not hold one of the few connections to the database.
DraftDep = Annotated[Kept, Depends(_draft, scope="function")]
FileOfTicketDep = Annotated[Kept, Depends(_file_of_ticket, scope="function")]


async def _let_in(request: Request, ticket_id: int | None) -> str:
    """Checks, in a session of its own, who sends a file and whether they may, before it arrives. It is checked again
    when it has arrived. Returns as whose the upload counts. Raises NotSignedIn, TooManyRequests, TicketNotFound,
    TicketAlreadyClosed."""
    database: Database = request.app.state.organisation.database
    async with database.at_once:
        return await run_in_threadpool(_check, request, database, ticket_id)


def _check(request: Request, database: Database, ticket_id: int | None) -> str:
    settings: Settings = request.app.state.organisation.settings
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    with Session(database.autocommit, expire_on_commit=False) as session:
        asks = (session, token.strip(), request_id_of(request.scope), settings.students_may_see, settings.ways_in)
        actor = find_actor(*asks) if scheme.lower() == "bearer" and token else None
        if actor is None:
            raise NotSignedIn
        count_one(Limited.UPLOAD, request, actor)
        if ticket_id is not None:
            _made(actor, session, _uploads_of(request).storage).check_attachable(ticket_id)
    # A person whom everybody of a role shares is told apart by address.
    return address_of(request) if actor.is_shared else str(actor.person_id)
