"""Everything that a prediction is made from, at one revision: the examples, the regression, the categories."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from contracts.categorising import CONFIRMED_ENOUGH
from contracts.suggestions import Sureness
from data_api.learning.neighbours import Neighbours
from data_api.learning.regression import Flags, Floats, Integers, Regression, softmax
from data_api.texts.encoder import Vectors
from data_api.texts.starting_texts import vague_vectors
from data_api.texts.texts import key_of

SURE, LIKELY = 0.8, 0.6
# No probability is 0: its logarithm would be infinite.
LEAST_PROBABILITY = 1e-6
# The votes of a small category's examples count (largest count / own count) ** BALANCE times as much as those of the
# largest category. At 1, a new category of twenty phrases attracted seven percent of the other categories' texts; at 0
# it would hardly ever be predicted (ADR 18).
BALANCE = 0.55
# How many of the nearest examples are compared with as many of the nearest vague texts.
COMPARED = 3
# The probability of the category that somebody has confirmed for exactly this text.
CONFIRMED_TEXT = 0.99


@dataclass(frozen=True)
class Example:
    id: int
    category_id: int
    weight: int
    is_check_text: bool
    ticket_id: int | None
    text_key: bytes
    vector: Vectors
    revision: int


@dataclass(frozen=True)
class Model:
    """The regression, trained on the examples as they were at `revision`. It knows only the categories of
    `category_ids`."""

    version: int
    revision: int
    category_ids: Sequence[int]
    regression: Regression
    temperature: float


@dataclass(frozen=True)
class Prediction:
    """`like_tickets` and `like_examples` count the nearest examples that belong to the likeliest category:
    `like_tickets` those that were learned from tickets, `like_examples` all others."""

    model_version: int
    probabilities: dict[int, float]  # by category id, for every category
    category_id: int  # the likeliest
    assigned_id: int | None  # the likeliest category that may be assigned without asking
    sureness: Sureness
    like_tickets: int
    like_examples: int

    @property
    def confidence(self) -> float:
        return self.probabilities[self.category_id]


@dataclass(frozen=True)
class Knowledge:
    """What predictions are made from. There is at least one category and one example."""

    category_ids: Sequence[int]
    examples: Sequence[Example]
    model: Model

    @cached_property
    def _class_of(self) -> dict[int, int]:
        return {category_id: number for number, category_id in enumerate(self.category_ids)}

    @cached_property
    def neighbours(self) -> Neighbours:
        """The examples, weighted for the vote: those of a small category count more, see BALANCE. A category with fewer
        than twenty examples counts as if it had twenty: otherwise a single example would decide for all texts that are
        near it. For the same reason a correction counts no more than any other example."""
        classes = np.array([self._class_of[example.category_id] for example in self.examples])
        counts = np.bincount(classes, minlength=len(self.category_ids))
        importance = (counts.max() / np.maximum(counts, CONFIRMED_ENOUGH)) ** BALANCE
        return Neighbours(np.stack([example.vector for example in self.examples]), classes, importance[classes])

    @cached_property
    def _confirmed_texts(self) -> dict[bytes, int]:
        """The category that was confirmed last for each text, by the text's key."""
        return {example.text_key: example.category_id for example in sorted(self.examples, key=lambda one: one.id)}

    @cached_property
    def confirmed(self) -> dict[int, int]:
        """How many examples each category has."""
        counts = dict.fromkeys(self.category_ids, 0)
        for example in self.examples:
            counts[example.category_id] += 1
        return counts

    def probabilities(self, vectors: Vectors, leave_out: Integers | None = None) -> Floats:
        """Returns an array (n, categories): the probabilities of regression and vote, blended by the mean of their
        logarithms, divided by the temperature."""
        return self._blend(vectors, *self.neighbours.nearest(vectors, leave_out))

    def predict(self, text: str, vector: Vectors) -> Prediction:
        return self.predict_all([text], vector[None])[0]

    def predict_all(self, texts: Sequence[str], vectors: Vectors) -> list[Prediction]:
        """Returns one prediction for each text; `vectors[i]` is the vector of `texts[i]`."""
        found, similar = self.neighbours.nearest(vectors)
        blended = self._blend(vectors, found, similar)
        is_vague = _is_vague(vectors, similar)
        return [self._prediction(*one) for one in zip(texts, blended, found, is_vague, strict=True)]

    def _prediction(self, text: str, shares: Floats, nearest: Integers, is_vague: bool) -> Prediction:
        confirmed_id = self._confirmed_texts.get(key_of(text))
        if confirmed_id is not None:
            shares = self._with_confirmed(shares, confirmed_id)
        best = int(shares.argmax())
        category_id = self.category_ids[best]
        like = [self.examples[place] for place in nearest if self.examples[place].category_id == category_id]
        return Prediction(
            model_version=self.model.version,
            probabilities=dict(zip(self.category_ids, map(float, shares), strict=True)),
            category_id=category_id,
            assigned_id=confirmed_id or self._assigned(shares),
            sureness=Sureness.SURE
            if confirmed_id
            else self._sureness(text, category_id, float(shares[best]), is_vague),
            like_tickets=sum(example.ticket_id is not None for example in like),
            like_examples=sum(example.ticket_id is None for example in like),
        )

    def _blend(self, vectors: Vectors, found: Integers, similar: Floats) -> Floats:
        count = len(self.category_ids)
        votes = self.neighbours.vote(found, similar, count)
        regression = self._regression(vectors, votes)
        return softmax((np.log(regression) + np.log(votes)) / 2 / self.model.temperature)

    def _regression(self, vectors: Vectors, votes: Floats) -> Floats:
        """Returns an array (n, categories): the regression's probabilities for the categories that exist now. A
        category that the regression was not trained on gets its share from the vote of the nearest examples; one that
        was deleted after the training is left out."""
        learned = self.model.regression.probabilities(vectors)
        shares = votes.copy()
        known = [(old, self._class_of[id_]) for old, id_ in enumerate(self.model.category_ids) if id_ in self._class_of]
        if known:
            olds, news = map(list, zip(*known, strict=True))
            part = learned[:, olds] / learned[:, olds].sum(axis=1, keepdims=True)
            shares[:, news] = part * votes[:, news].sum(axis=1, keepdims=True)
        possible: Floats = (shares + LEAST_PROBABILITY) / (1 + LEAST_PROBABILITY * shares.shape[1])
        return possible

    def _with_confirmed(self, shares: Floats, category_id: int) -> Floats:
        """Gives nearly all of the probability to the confirmed category; the other categories keep their order."""
        others = shares.copy()
        others[self._class_of[category_id]] = 0
        rest = others / others.sum() if others.sum() > 0 else others
        changed: Floats = rest * (1 - CONFIRMED_TEXT)
        changed[self._class_of[category_id]] = 1 - changed.sum()
        return changed

    def _assigned(self, shares: Floats) -> int | None:
        likeliest = (self.category_ids[place] for place in np.argsort(-shares, kind="stable"))
        return next((id_ for id_ in likeliest if self.confirmed[id_] >= CONFIRMED_ENOUGH), None)

    def is_vague(self, vectors: Vectors) -> Flags:
        """Returns, for each text, whether it is likelier to say nothing of the problem than to belong anywhere."""
        return _is_vague(vectors, self.neighbours.nearest(vectors)[1])

    def _sureness(self, text: str, category_id: int, confidence: float, is_vague: bool) -> Sureness:
        """Returns UNSURE for a category that has few examples, and for a vague text or one without a single letter,
        whatever examples its vector is near to."""
        says_something = not is_vague and any(map(str.isalpha, text))
        has_a_say = self.confirmed[category_id] >= CONFIRMED_ENOUGH and says_something
        if confidence < LIKELY or not has_a_say:
            return Sureness.UNSURE
        return Sureness.SURE if confidence >= SURE else Sureness.LIKELY


def _is_vague(vectors: Vectors, similar: Floats) -> Flags:
    """Returns, for each text, whether it is nearer to vague texts such as "Please help me" than to examples. `similar`
    holds its similarities to the nearest examples. Without this, "It does not work" would be surely technical: nearly
    all examples in which something "does not work" are."""
    to_vague = (vectors @ vague_vectors().T).astype(np.float64)
    return _mean_of_highest(to_vague) > _mean_of_highest(similar)


def _mean_of_highest(similar: Floats) -> Floats:
    means: Floats = np.sort(similar, axis=1)[:, -COMPARED:].mean(axis=1)
    return means
