"""The routes of attachments."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from contracts.attachments import AllowedType, AttachmentRead, AttachmentRules
from contracts.base import MAX_ID
from data_api.access.actor import ActorDep
from data_api.access.idempotency import IdempotencyKeyReused, UploadOnceDep
from data_api.access.rate_limits import TooManyRequests, changes
from data_api.attachments.dependencies import DraftDep, FileOfTicketDep, ServiceDep, UploadsDep
from data_api.attachments.errors import AttachmentNotFound, NoThumbnail, TooManyAttachments
from data_api.files.errors import (
    FileMissing,
    FileRefused,
    FilesUnavailable,
    FileTooLarge,
    NoRoomForFiles,
    ScannerUnavailable,
    TooManyUploads,
    UploadCutShort,
    UploadedTooMuch,
    VirusFound,
)
from data_api.files.kinds import ALL, most_bytes
from data_api.files.names import content_disposition
from data_api.files.sweeping import KEEP_DRAFTS_HOURS
from data_api.files.uploads import Uploads
from data_api.kit.downloads import Download, PartMissing
from data_api.kit.errors import ChangedMeanwhile
from data_api.kit.settings import SettingsDep
from data_api.tickets.endpoints import TicketId
from data_api.tickets.errors import TicketAlreadyClosed, TicketNotFound
from service_kit.errors import DiskFull, InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

UPLOADS = re.compile(r"/attachments|/tickets/[^/]+/attachments")
THUMBNAIL_TYPE = "image/webp"

router = APIRouter(tags=["attachments"], route_class=Route, responses=documented(NotSignedIn, InvalidInput))
AttachmentId = Annotated[int, Path(ge=1, le=MAX_ID)]
REFUSALS = (
    *(InvalidInput, FileRefused, VirusFound, FileTooLarge, UploadCutShort, TooManyUploads, ScannerUnavailable),
    *(FilesUnavailable, TooManyAttachments, ChangedMeanwhile, TooManyRequests, IdempotencyKeyReused, DiskFull),
    *(NoRoomForFiles, UploadedTooMuch),
)
# The body is read while it arrives, and so not by the framework, which would describe it otherwise.
TAKES_A_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}
GIVES_A_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
    206: {"description": "The part of it that the header Range asks for."},
    304: {"description": "It is what the header If-None-Match names."},
}


def is_upload(method: str, path: str) -> bool:
    return method == "POST" and bool(UPLOADS.fullmatch(path))


@router.get("/attachments/allowed")
def read_rules(settings: SettingsDep, _: ActorDep) -> AttachmentRules:
    """What may be uploaded, and how much of it."""
    limits = {"usual_mb": settings.attachment_mb, "video_mb": settings.video_mb}
    types = [
        AllowedType(type=kind.type, name=kind.name, extensions=[*kind.extensions], max_bytes=most_bytes(kind, **limits))
        for kind in ALL
    ]
    return AttachmentRules(
        types=types, max_with_one_text=settings.attachments_a_message, keep_drafts_hours=KEEP_DRAFTS_HOURS
    )


@router.post("/attachments", status_code=201, openapi_extra=TAKES_A_FILE, responses=documented(*REFUSALS))
def add_draft(kept: DraftDep, service: ServiceDep, once: UploadOnceDep) -> AttachmentRead:
    """Upload a file before its report or message is sent, which then names it under `attachments`. Until then it is a
    draft: only its uploader can read or delete it, and it is deleted after a day."""
    return once(kept.content_hash + kept.name)(lambda: service.add_draft(kept), service.read)


@router.post(
    "/tickets/{ticket_id}/attachments",
    status_code=201,
    openapi_extra=TAKES_A_FILE,
    responses=documented(*REFUSALS, TicketNotFound, TicketAlreadyClosed),
)
def attach_file(ticket_id: TicketId, kept: FileOfTicketDep, service: ServiceDep, once: UploadOnceDep) -> AttachmentRead:
    """Add a file to a ticket itself. Whoever may read the ticket may read it; for a message or an internal note, upload
    a draft and name it there."""
    return once(kept.content_hash + kept.name)(lambda: service.attach(ticket_id, kept), service.read)


@router.get(
    "/attachments/{attachment_id}",
    response_class=Response,
    responses=documented(AttachmentNotFound, FileMissing, FilesUnavailable, PartMissing) | GIVES_A_FILE,
)
def download(attachment_id: AttachmentId, service: ServiceDep, uploads: UploadsDep, request: Request) -> Response:
    """The file, byte for byte as it was uploaded, to be saved under its name. `Range` and `If-None-Match` are heard."""
    found = service.find(attachment_id)
    disposition = content_disposition(found.read.name)
    return _download(request, uploads, found.content_hash, found.read.type, disposition)


@router.get(
    "/attachments/{attachment_id}/thumbnail",
    response_class=Response,
    responses=documented(AttachmentNotFound, NoThumbnail, FileMissing, FilesUnavailable, PartMissing) | GIVES_A_FILE,
)
def read_thumbnail(attachment_id: AttachmentId, service: ServiceDep, uploads: UploadsDep, request: Request) -> Response:
    """The picture, at most 480 × 480 pixels large, as WebP. It is written anew from the pixels alone, and so does not
    tell where and when it was taken."""
    name = service.thumbnail(attachment_id)
    return _download(request, uploads, name, THUMBNAIL_TYPE, content_disposition("thumbnail.webp"))


def _download(request: Request, uploads: Uploads, name: str, media_type: str, disposition: str) -> Download:
    threads = uploads.reading
    return Download(request, uploads.storage, name, media_type=media_type, disposition=disposition, threads=threads)


@router.delete(
    "/attachments/{attachment_id}",
    status_code=204,
    dependencies=[changes],
    responses=documented(AttachmentNotFound, NotPermitted, ChangedMeanwhile, TooManyRequests),
)
def delete_attachment(attachment_id: AttachmentId, service: ServiceDep) -> None:
    """Delete a draft of one's own or, for staff, a file of a ticket; the ticket's history tells it. Its content is
    deleted within some hours, unless another file has the same."""
    service.delete(attachment_id)
