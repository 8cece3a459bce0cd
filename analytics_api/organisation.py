"""Everything that belongs to one organisation. None of it is kept in module variables, so that one process may serve
several organisations."""

from pathlib import Path

from analytics_api.analyses.service import FRESH_SECONDS, AnalysisService
from analytics_api.auth import People
from analytics_api.metrics import AnalyticsMetrics, ReplicaFigures
from analytics_api.replica.service import ReplicaService
from analytics_api.sql.files import SqlFiles
from analytics_api.sql.service import SqlService
from analytics_api.sql.summaries import SummaryService
from analytics_api.take_home.service import TakeHomeService
from service_kit.disk import Disk
from service_kit.settings import Settings
from warehouse.catalogue import FOLDER
from warehouse.checked_catalogue import checked_catalogue
from warehouse.follow import Follower
from warehouse.replica import Replica
from warehouse.tables import Definition


class Organisation:
    """The organisation's settings, its replica, what follows its database, and who may ask. The constructor neither
    opens the replica nor asks anything. It checks the analyses' files, which are in the folder `analyses`.
    `statements` is how many statements of the SQL lab run at once, if not as many as usual.

    Each application has one, at `app.state.organisation`. The dependencies of each package give its endpoints the one
    part that they need, so only `main.py` imports this module. Raises RuntimeError if the settings name no database.
    """

    def __init__(
        self,
        settings: Settings,
        fresh_seconds: float = FRESH_SECONDS,
        analyses: Path = FOLDER,
        statements: int | None = None,
    ) -> None:
        if settings.database_url is None:
            raise RuntimeError("LODGE_DATABASE_URL is not set; `lodge up` sets it for the services it starts")
        self.settings = settings
        self.people = People(settings.data_api_url)
        self.replica = Replica(settings.home / "warehouse")
        definition = Definition(settings.timezone, with_text=settings.warehouse_text)
        self.follower = Follower(settings.database_url, definition, self.replica)
        catalogue = checked_catalogue(definition, analyses)
        self.metrics = AnalyticsMetrics()
        self.analyses = AnalysisService(catalogue, self.replica, self.follower, fresh_seconds, self.metrics.computing)
        self.sql = SqlService(settings, self.replica, definition, statements)
        self.summaries = SummaryService(self.replica, definition)
        disk = Disk(settings.home, settings.keep_free_mb or 0)
        self.sql_files = SqlFiles(self.sql, settings.home / "warehouse", disk)
        self.take_home = TakeHomeService(self.replica, self.follower, definition, settings.home / "warehouse")
        self.replica_service = ReplicaService(catalogue, self.replica, self.follower, disk, self.sql)
        self.metrics.tell_too(ReplicaFigures(self.replica_service))
