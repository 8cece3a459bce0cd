"""Routes for analyses."""

from typing import Annotated

import pyarrow as pa
from fastapi import APIRouter, Depends, Request, Response

from analytics_api.analyses.service import AnalysisService
from analytics_api.auth import permitted
from analytics_api.errors import AnalysisUnavailable, DataApiAway, ReplicaNotReady, UnknownAnalysis
from contracts.analyses import AnalysisAnswer, CatalogueRead
from contracts.people import Me, Permission
from service_kit.errors import InvalidInput, NotPermitted, NotSignedIn, documented
from service_kit.routing import Route

reads = permitted(Permission.ANALYSES_READ)
ReaderDep = Annotated[Me, Depends(reads)]
ARROW = "application/vnd.apache.arrow.stream"

router = APIRouter(
    prefix="/analyses",
    tags=["analyses"],
    route_class=Route,
    dependencies=[Depends(reads)],
    responses=documented(NotSignedIn, NotPermitted, DataApiAway, ReplicaNotReady, AnalysisUnavailable),
)


async def _service(request: Request) -> AnalysisService:
    service: AnalysisService = request.app.state.organisation.analyses
    return service


ServiceDep = Annotated[AnalysisService, Depends(_service)]


@router.get("")
def list_analyses(service: ServiceDep) -> CatalogueRead:
    """The analyses that can be requested, with the parameters of each; and those that cannot run."""
    return service.list_analyses()


@router.get(
    "/{slug}",
    response_model=AnalysisAnswer,
    responses={
        **documented(UnknownAnalysis, InvalidInput),
        200: {"content": {ARROW: {}}, "description": "JSON, or an Arrow stream where `Accept` asks for one."},
    },
)
def answer_analysis(slug: str, request: Request, service: ServiceDep, me: ReaderDep) -> AnalysisAnswer | Response:
    """The answer of one analysis. Parameters are query keys; those that are left out have their defaults. Time by agent
    needs the permission `time:read` too.

    With `Cache-Control: no-cache`, the answer reflects everything that was committed before the request. If the replica
    does not catch up within two seconds, `as_of` says which moment the answer reflects.
    """
    fresh = "no-cache" in request.headers.get("cache-control", "")
    service.check_permitted(slug, me.permissions)
    answer, table = service.answer(slug, request.query_params.multi_items(), fresh=fresh)
    if ARROW in request.headers.get("accept", ""):
        return Response(_stream(answer, table), media_type=ARROW)
    return answer


def _stream(answer: AnalysisAnswer, table: pa.Table) -> bytes:
    """Returns the rows as an Arrow stream. The other fields of the answer are in the schema's metadata, under the key
    `lodge`."""
    beside = answer.model_dump_json(exclude={"rows"})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema.with_metadata({"lodge": beside})) as writer:
        writer.write_table(table.replace_schema_metadata({"lodge": beside}))
    content: bytes = sink.getvalue().to_pybytes()
    return content
