"""Suggests a category and similar reports for a text that has not been sent yet. Nothing is stored."""

from collections.abc import Mapping

from contracts.suggestions import SuggestionCreate, SuggestionRead, Sureness
from data_api.learning.categoriser import Categoriser
from data_api.lists.likeliest import likeliest_first
from data_api.lists.lookups import Lookups
from data_api.similar.service import SimilarService
from data_api.suggestions.errors import NothingSuggested
from data_api.texts.texts import text_of


class SuggestionService:
    def __init__(self, categoriser: Categoriser, lookups: Lookups, similar: SimilarService) -> None:
        self.categoriser = categoriser
        self.lookups = lookups
        self.similar = similar

    def suggest(self, report: SuggestionCreate) -> SuggestionRead:
        """Returns the suggested category and similar reports. Raises NothingSuggested if no category can be predicted,
        and InvalidInput for an unknown building."""
        building = self.lookups.building(report.building) if report.building else None
        text = text_of(report.title, report.description)
        found = self.categoriser.predict(self.lookups.session, text, self.similar.actor.person_id)
        if found is None:
            raise NothingSuggested
        prediction, vector = found
        slugs = self.lookups.category_slugs()
        # A category may have been deleted since the model was trained.
        left = present(prediction.probabilities, slugs)
        if not left:
            raise NothingSuggested
        # Exact probabilities would let a student find out by trial what others wrote, because predictions are learned
        # from others' texts.
        shares = left if self.similar.actor.is_staff else coarse(left)
        likeliest = likeliest_first(shares, slugs)
        return SuggestionRead(
            category=likeliest[0].category,
            confidence=round(likeliest[0].probability, 4),
            sureness=prediction.sureness if prediction.category_id in left else Sureness.UNSURE,
            alternatives=likeliest,
            similar=self.similar.find(vector, building.id if building else None),
        )


def present(probabilities: Mapping[int, float], slugs: Mapping[int, str]) -> dict[int, float]:
    """Returns the probabilities of the categories that still exist, scaled so that they sum to 1."""
    left = {id_: share for id_, share in probabilities.items() if id_ in slugs}
    whole = sum(left.values())
    return {id_: share / whole for id_, share in left.items()}


PARTS = 20


def coarse(probabilities: Mapping[int, float]) -> dict[int, float]:
    """Returns the probabilities rounded to twentieths that sum to 1, none above 19/20, the likeliest first. The largest
    remainders are rounded up (Hamilton's method)."""
    first, *others = sorted(probabilities, key=lambda id_: -probabilities[id_])
    if not others:
        return {first: 1.0}
    top = min(probabilities[first], 1 - 1 / PARTS)
    rest = sum(probabilities[id_] for id_ in others)
    exact = {first: top * PARTS} | {
        id_: (1 - top) * PARTS * (probabilities[id_] / rest if rest else 1 / len(others)) for id_ in others
    }
    steps = {id_: int(share) for id_, share in exact.items()}
    by_remainder = sorted(exact, key=lambda id_: round(steps[id_] - exact[id_], 6))
    for id_ in by_remainder[: PARTS - sum(steps.values())]:
        steps[id_] += 1
    return {id_: count / PARTS for id_, count in steps.items()}
