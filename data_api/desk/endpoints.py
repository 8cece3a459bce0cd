"""The routes about this installation, which need no token."""

from fastapi import APIRouter, Response
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from contracts.desk import DeskRead, Health, SignIn
from data_api.events.dependencies import BroadcasterDep
from data_api.kit.database import DatabaseDep
from data_api.kit.disk import DiskDep
from data_api.kit.settings import SettingsDep
from data_api.similar.dependencies import SimilarReportsDep
from data_api.texts.encoder import why_unavailable
from service_kit.routing import Route
from service_kit.version import lodge_version

router = APIRouter(route_class=Route, tags=["desk"])


@router.get("/desk")
def read_desk(settings: SettingsDep) -> DeskRead:
    """The helpdesk's name, when it is open, and how people sign in."""
    return DeskRead(
        name=settings.desk_name,
        danger_note=settings.danger_note,
        opening_hours=settings.opening_hours,
        timezone=settings.timezone,
        sign_in=list(settings.ways_in),
        provider=settings.oidc_name if SignIn.OIDC in settings.ways_in else None,
        students_see=settings.students_may_see,
        reopen_days=settings.reopen_days,
    )


@router.head("/health", include_in_schema=False)
@router.get("/health", responses={503: {"model": Health, "description": "Degraded; the checks say why."}})
def read_health(
    database: DatabaseDep,
    broadcaster: BroadcasterDep,
    similar_reports: SimilarReportsDep,
    disk: DiskDep,
    response: Response,
) -> Health:
    checks = {
        "database": _database(database.engine),
        "live_events": "ok" if broadcaster.is_connected else "not connected",
    }
    works = all(check == "ok" for check in checks.values())
    response.status_code = 200 if works else 503
    # Without room on the disk the desk can still be read, so this is 200: nobody should send readers elsewhere.
    checks["disk"] = disk.health
    is_ok = works and checks["disk"] == "ok"
    # The service works without these: nobody should restart it because of them.
    checks |= {
        "categories": why_unavailable() or "ok",
        "similar_reports": f"off: {why}" if (why := similar_reports.why_off) else "ok",
    }
    return Health(status="ok" if is_ok else "degraded", version=lodge_version(), checks=checks)


def _database(engine: Engine) -> str:
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return "not reached"
    return "ok"
