"""Trains a new model, and decides whether it may replace the present one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from data_api.learning.knowledge import Example, Knowledge, Model
from data_api.learning.regression import Floats, Integers, fit, softmax

# By how much a new model's share of correct check texts may be lower than the present model's: over all check texts,
# and over those of one category.
MOST_LOST, MOST_LOST_IN_ONE = 0.01, 0.03
# A category with fewer check texts is not compared: a single text would decide.
ENOUGH_TO_JUDGE_A_CATEGORY = 20
# The temperatures that are tried. With real texts the best one was never the first or the last of these.
TEMPERATURES = np.linspace(0.15, 1.5, 28)
# Used when there are too few check texts to find the best temperature.
DEFAULT_TEMPERATURE = 0.6
FEWEST_TO_FIT_TEMPERATURE = 30


@dataclass(frozen=True)
class Score:
    """How well a model does on the check texts, none of which votes for itself. `accuracy` is None if there are no
    check texts; `counts` and `recalls` are keyed by category id."""

    texts: int
    accuracy: float | None
    counts: Mapping[int, int]
    recalls: Mapping[int, float]


@dataclass(frozen=True)
class Candidate:
    """A new model. `examples` is the number of examples that it was trained on."""

    model: Model
    examples: int
    score: Score


def train(category_ids: Sequence[int], examples: Sequence[Example], revision: int) -> Candidate:
    """Trains a model on all examples except the check texts. All categories have the same total weight, however many
    examples and corrections each has: otherwise a new category of twenty phrases would never be predicted beside those
    that staff have corrected for years."""
    learned = [example for example in examples if not example.is_check_text]
    present = sorted({example.category_id for example in learned})
    classes = np.array([present.index(example.category_id) for example in learned])
    weights = np.array([float(example.weight) for example in learned])
    importance = weights / np.bincount(classes, weights)[classes]
    regression = fit(np.stack([example.vector for example in learned]), classes, importance, len(present))
    model = Model(0, revision, present, regression, 1.0)
    model = replace(model, temperature=_temperature(Knowledge(category_ids, examples, model)))
    return Candidate(model, len(learned), score(Knowledge(category_ids, examples, model)))


def score(knowledge: Knowledge) -> Score:
    check_texts, classes = _check_texts(knowledge)
    if not len(check_texts):
        return Score(0, None, {}, {})
    is_right = _check_probabilities(knowledge, check_texts).argmax(axis=1) == classes
    right_of = {knowledge.category_ids[each]: is_right[classes == each] for each in np.unique(classes)}
    counts = {category_id: len(right) for category_id, right in right_of.items()}
    recalls = {category_id: float(right.mean()) for category_id, right in right_of.items()}
    return Score(len(check_texts), float(is_right.mean()), counts, recalls)


def reason_to_refuse(new: Score, present: Score, names: Mapping[int, str]) -> str | None:
    """Returns why the new model may not replace the present one; None if it may."""
    if new.accuracy is None or present.accuracy is None:
        return None
    if new.accuracy < present.accuracy - MOST_LOST:
        return f"It gets {new.accuracy:.1%} of the check texts right; the present model {present.accuracy:.1%}."
    for category_id, recall in present.recalls.items():
        has_enough = present.counts[category_id] >= ENOUGH_TO_JUDGE_A_CATEGORY
        if has_enough and new.recalls.get(category_id, recall) < recall - MOST_LOST_IN_ONE:
            name = names.get(category_id, "one category")
            return f"Of {name} it finds {new.recalls[category_id]:.1%}; the present model {recall:.1%}."
    return None


def _temperature(knowledge: Knowledge) -> float:
    """Returns the temperature that gives the check texts the highest likelihood (temperature scaling, Guo et al. 2017).
    The probabilities of `knowledge` must be those at temperature 1."""
    check_texts, classes = _check_texts(knowledge)
    if len(check_texts) < FEWEST_TO_FIT_TEMPERATURE:
        return DEFAULT_TEMPERATURE
    scores = np.log(_check_probabilities(knowledge, check_texts))
    surprise = [-np.log(softmax(scores / each)[np.arange(len(classes)), classes]).mean() for each in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(surprise))])


def _check_texts(knowledge: Knowledge) -> tuple[Integers, Integers]:
    """Returns the positions of the check texts among the examples, and their classes."""
    places = np.array(
        [place for place, example in enumerate(knowledge.examples) if example.is_check_text], dtype=np.int64
    )
    return places, knowledge.neighbours.classes[places]


def _check_probabilities(knowledge: Knowledge, check_texts: Integers) -> Floats:
    return knowledge.probabilities(knowledge.neighbours.vectors[check_texts], leave_out=check_texts)
