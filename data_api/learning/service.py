"""The versions of the model: which there are, choosing the current one, and how often its predictions are right."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from contracts.categorising import CategorisingReport, ConfusionCell, ModelOutcome, ModelRead, MonthAccuracy
from data_api.access.actor import Actor
from data_api.learning.errors import KnowsNoCategory, ModelNotFound, StillCurrent
from data_api.learning.prediction_repository import PredictionRepository
from data_api.learning.repository import CategorisingRepository
from data_api.lists.lookups import Lookups
from data_api.models import CategoryModel
from data_api.texts.encoder import why_unavailable

MEASURED = timedelta(days=365)


class CategorisingService:
    def __init__(
        self,
        actor: Actor,
        repository: CategorisingRepository,
        predictions: PredictionRepository,
        lookups: Lookups,
        zone: ZoneInfo,
    ) -> None:
        self.actor = actor
        self.repository = repository
        self.predictions = predictions
        self.lookups = lookups
        self.zone = zone

    def models(self) -> list[ModelRead]:
        slugs = self.lookups.category_slugs()
        return [_model_read(row, slugs) for row in self.repository.models()]

    def model(self, version: int) -> ModelRead:
        return _model_read(self._model(version), self.lookups.category_slugs())

    def promote(self, version: int) -> ModelRead:
        """Makes this version the current one. Raises ModelNotFound, StillCurrent, KnowsNoCategory."""
        self.repository.raise_revision()
        row = self._model(version)
        if row.is_current:
            raise StillCurrent(f"Model {version} is the one that predicts now.")
        slugs = self.lookups.category_slugs()
        if not set(row.category_ids) & set(slugs):
            raise KnowsNoCategory(f"Model {version} knows none of the categories that there are now.")
        self.repository.make_current(version, self.actor.person_id)
        self.repository.session.refresh(row)
        return _model_read(row, slugs)

    def _model(self, version: int) -> CategoryModel:
        row = self.repository.find_model(version)
        if row is None:
            raise ModelNotFound(f"There is no model {version}.")
        return row

    # -- how often it is right ------------------------------------------------------------------------------------

    def report(self) -> CategorisingReport:
        rows = self.predictions.measured(datetime.now(UTC) - MEASURED, self.zone.key)
        slugs = self.lookups.category_slugs()
        tickets, right, cells = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
        for row in rows:
            tickets[row.month] += row.tickets
            right[row.month] += row.tickets if row.predicted == row.actual else 0
            cells[slugs.get(row.predicted, ""), slugs.get(row.actual, "")] += row.tickets
        return CategorisingReport(
            is_available=why_unavailable() is None,
            tickets=tickets.total(),
            right=right.total(),
            months=[MonthAccuracy(month=month, tickets=tickets[month], right=right[month]) for month in tickets],
            confusion=[
                ConfusionCell(predicted=predicted, actual=actual, tickets=count)
                for (predicted, actual), count in sorted(cells.items())
            ],
        )


def _model_read(row: CategoryModel, slugs: dict[int, str]) -> ModelRead:
    recalls = {slugs[int(id_)]: recall for id_, recall in row.recalls.items() if int(id_) in slugs}
    return ModelRead(
        version=row.id,
        created_at=row.created_at,
        is_current=row.is_current,
        outcome=ModelOutcome(row.outcome),
        reason=row.reason,
        examples=row.examples,
        check_texts=row.check_texts,
        accuracy=row.accuracy,
        recalls=recalls,
    )
