"""FastAPI dependencies that give an endpoint the service of similar reports, and whether they can be found."""

from typing import Annotated

from fastapi import Depends, Request

from data_api.access.actor import ActorDep
from data_api.kit.database import SessionDep
from data_api.similar.opaque_refs import OpaqueRefs
from data_api.similar.repository import SimilarRepository
from data_api.similar.service import SimilarService
from data_api.similar.tables import SimilarReports


async def _similar_reports(request: Request) -> SimilarReports:
    similar_reports: SimilarReports = request.app.state.organisation.similar_reports
    return similar_reports


SimilarReportsDep = Annotated[SimilarReports, Depends(_similar_reports)]


async def _similar_service(
    request: Request, session: SessionDep, actor: ActorDep, similar_reports: SimilarReportsDep
) -> SimilarService:
    refs: OpaqueRefs = request.app.state.organisation.refs
    return SimilarService(actor, SimilarRepository(session), refs, is_on=similar_reports.is_on)


SimilarDep = Annotated[SimilarService, Depends(_similar_service, scope="function")]
