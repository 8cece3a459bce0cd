"""The routes that give the whole result of a query as a file."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from analytics_api.errors import DataApiAway, NoRoom, ReplicaNotReady
from analytics_api.sql.endpoints import PersonDep, runs_sql, unless_client_leaves
from analytics_api.sql.errors import OF_A_STATEMENT, LabBusy, UnknownFile
from analytics_api.sql.files import SqlFiles
from contracts.sql_files import FileFormat, SqlFileAsk, SqlFileRead
from contracts.take_home import AS_OF_HEADER
from service_kit.errors import DiskFull, InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

MEDIA_TYPES = {
    FileFormat.CSV: "text/csv; charset=utf-8",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.PARQUET: "application/vnd.apache.parquet",
    FileFormat.ARROW: "application/vnd.apache.arrow.file",
}

router = APIRouter(
    prefix="/sql/files",
    tags=["SQL lab"],
    route_class=Route,
    dependencies=[Depends(runs_sql)],
    responses=documented(NotSignedIn, NotPermitted, DataApiAway),
)


async def _files(request: Request) -> SqlFiles:
    files: SqlFiles = request.app.state.organisation.sql_files
    return files


FilesDep = Annotated[SqlFiles, Depends(_files)]


@router.post(
    "",
    status_code=201,
    response_model=SqlFileRead,
    responses=documented(InvalidInput, *OF_A_STATEMENT, ReplicaNotReady, NoRoom, DiskFull),
)
async def write_file(ask: SqlFileAsk, request: Request, files: FilesDep, me: PersonDep) -> SqlFileRead | Response:
    """Writes the whole result of one query into a file, and answers when the file is complete.

    It has at most 5,000,000 rows and 1 GB, and a workbook 1,048,575 rows. `GET /sql/{id}` and `DELETE /sql/{id}` do for
    this statement what they do for others.
    """
    return await unless_client_leaves(request, files.write(ask, me.person.id))


@router.get(
    "/{id}",
    response_class=StreamingResponse,
    responses={
        **documented(UnknownFile, LabBusy),
        200: {"content": {type_: {} for type_ in MEDIA_TYPES.values()}, "description": "The file."},
    },
)
async def read_file(id: str, files: FilesDep, me: PersonDep) -> StreamingResponse:
    """One of your own files. It is kept for ten minutes, or until your next one is ready."""
    with ExitStack() as stack:
        read, content = stack.enter_context(files.open(id, me.person.id))
        return _FileStream(read, content, stack.pop_all())


class _FileStream(StreamingResponse):
    """The file is closed with the response, also when the client leaves before the first byte."""

    def __init__(self, read: SqlFileRead, content: Iterator[bytes], held: ExitStack) -> None:
        headers = {
            "Content-Disposition": f'attachment; filename="{read.name}"',
            "Content-Length": str(read.size),
            AS_OF_HEADER: read.as_of.isoformat(),
        }
        super().__init__(content, media_type=MEDIA_TYPES[read.format], headers=headers)
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._held:
            await super().__call__(scope, receive, send)
