"""The state of the replica, and whether it equals the database."""

from contextlib import closing
from datetime import UTC

from analytics_api.errors import CheckImpossible
from analytics_api.sql.service import SqlService
from contracts.analyses import AnalyticsHealth, CheckRead, Difference, ReplicaRead, UnavailableAnalysis
from service_kit.disk import Disk
from service_kit.version import lodge_version
from warehouse.catalogue import Catalogue
from warehouse.errors import CannotFollow, NoReplica, is_disk_full
from warehouse.follow import Follower
from warehouse.replica import Replica
from warehouse.tables import ALL

SOON_SECONDS = 30.0
READS_EVERYTHING = "may read the whole database: give it a role of its own (LODGE_ANALYTICS_DATABASE_URL)"


class ReplicaService:
    def __init__(self, catalogue: Catalogue, replica: Replica, follower: Follower, disk: Disk, sql: SqlService) -> None:
        self._catalogue = catalogue
        self._replica = replica
        self._follower = follower
        self._disk = disk
        self._sql = sql

    @property
    def is_following(self) -> bool:
        return self._follower.is_following

    def health(self) -> AnalyticsHealth:
        checks = {
            "replica": self._follower.told,
            "disk": self._disk.health,
            "analyses": "; ".join(map(_cannot_run, self._catalogue.unavailable.values())) or "ok",
            "database_role": READS_EVERYTHING if self._follower.reads_everything else "ok",
        }
        state = self._replica.state
        return AnalyticsHealth(
            status="ok" if all(check == "ok" for check in checks.values()) else "degraded",
            version=lodge_version(),
            checks=checks,
            replica=ReplicaRead(
                as_of=state.as_of.replace(tzinfo=UTC) if state else None,
                lag_seconds=self._follower.lag_seconds,
                rows=self._rows(),
            ),
            sql_lab=self._sql.told,
        )

    def _rows(self) -> dict[str, int]:
        try:
            return self._replica.count([table.name for table in ALL])
        except NoReplica:
            return {}

    def check(self) -> CheckRead:
        """Compares the replica with the database. Raises CheckImpossible."""
        try:
            with closing(self._follower.inspect(SOON_SECONDS)) as inspection:
                found = inspection.compare()
        except Exception as error:
            if not (isinstance(error, CannotFollow) or is_disk_full(error)):
                raise
            raise CheckImpossible(f"The replica does not follow the database now: {error}.") from error
        difference = Difference(**vars(found.difference)) if found.difference else None
        return CheckRead(
            as_of=found.as_of.replace(tzinfo=UTC),
            rows=found.rows,
            difference=difference,
            unavailable=list(self._catalogue.unavailable.values()),
        )


def _cannot_run(analysis: UnavailableAnalysis) -> str:
    return f"{analysis.slug} cannot run: {analysis.reason}"
