"""The state of one organisation. None of it is in module globals: one process may serve several organisations, and
several processes may serve one (ADR 30)."""

from data_api.access.counts import Counts, counts_file
from data_api.access.rate_limits import RateLimits
from data_api.access.token_uses import TokenUses
from data_api.access.wrong_passwords import WrongPasswords
from data_api.bulk.runs import BulkRuns
from data_api.events.broadcaster import Broadcaster
from data_api.export.service import Exports
from data_api.files.sweep_repository import SweepRepository
from data_api.files.sweeping import sweep
from data_api.files.uploads import Uploads
from data_api.kit.database import PRODUCT_LIMITS, Database, TimeLimits
from data_api.learning.categoriser import Categoriser
from data_api.oidc.provider import Provider
from data_api.similar.opaque_refs import OpaqueRefs
from data_api.similar.tables import SimilarReports
from data_api.views.kept_counts import KeptCounts
from service_kit.desk_key import read_desk_key
from service_kit.disk import Disk
from service_kit.settings import Settings


class Organisation:
    """One organisation's settings, database, learned categories, limits and live events. Creating it sends no query to
    the database.

    Each application has one, at `app.state.organisation`. Each package passes its endpoints only the part of it that
    belongs to the package; only `main.py` and `reactions.py` import this class. Raises RuntimeError where the settings
    name no database.
    """

    def __init__(self, settings: Settings, limits: TimeLimits = PRODUCT_LIMITS) -> None:
        if settings.database_url is None:
            raise RuntimeError("LODGE_DATABASE_URL is not set; `lodge up` sets it for the services it starts")
        self.settings = settings
        self.disk = Disk(settings.home, settings.keep_free_mb or 0)
        self.database = Database(settings.database_url, limits, processes=settings.data_api_processes)
        self.bulk_runs = BulkRuns(self.database)
        self.exports = Exports(settings, self.database)
        self.categoriser = Categoriser()
        self.similar_reports = SimilarReports()
        desk_key = read_desk_key(settings.home)
        self.refs = OpaqueRefs(desk_key)
        counts = Counts(counts_file(settings.home), settings.worker) if settings.worker else Counts()
        self.rate_limits = RateLimits(counts, is_on=settings.rate_limits)
        self.wrong_passwords = WrongPasswords(counts, is_on=settings.rate_limits, key=desk_key or "")
        self.token_uses = TokenUses()
        self.kept_counts = KeptCounts()
        self.uploads = Uploads(settings, self.disk, counts)
        self.provider = Provider(settings)
        self.broadcaster = Broadcaster(
            settings.database_url,
            self.database.forget_connections,
            counts=counts,
            is_bounded=settings.rate_limits,
            ways_in=settings.ways_in,
        )

    def sweep_files(self) -> int:
        """Deletes contents of files that no row refers to. Blocks."""
        return sweep(SweepRepository(self.database.engine), self.uploads.storage, self.settings)
