"""Measures what learning does when some of the corrections are wrong."""

from dataclasses import replace

import numpy as np

from benchmarks.categorising import CATEGORY_IDS, learned, starting_examples
from benchmarks.figures import Figure, mean
from benchmarks.labelled import SLUGS, Labelled, unseen
from contracts.categorising import ExampleSource
from data_api.learning.knowledge import Example, Knowledge
from data_api.learning.repository import WEIGHTS
from data_api.learning.training import reason_to_refuse, score, train

CORRECTIONS = (60, 150)
WRONG = 0.2
REPETITIONS = 12


def measure_wrong_corrections() -> list[Figure]:
    return [figure for count in CORRECTIONS for figure in _wrong_corrections(count)]


def _wrong_corrections(count: int) -> list[Figure]:
    """Returns how many percentage points of accuracy are lost on the texts that nobody corrected, compared with right
    corrections of the same texts, and with no corrections."""
    beginning = starting_examples()
    present, texts = learned(beginning), unseen()
    against_right, against_none = [], []
    for repetition in range(REPETITIONS):
        order = np.random.default_rng(repetition).permutation(len(texts))
        corrected, rest = texts.some(order[:count]), texts.some(order[count:])
        right, wrong = [
            _accuracy(_taught(present, beginning, said), rest)
            for said in (corrected, _with_wrong_ones(corrected, repetition))
        ]
        against_right.append(100 * (right - wrong))
        against_none.append(100 * (_accuracy(present, rest) - wrong))
    name = f"{count} corrections, {WRONG:.0%} wrong: points lost"
    return [mean(f"{name} against right ones", against_right, 2), mean(f"{name} against none", against_none, 2)]


def _with_wrong_ones(texts: Labelled, seed: int) -> Labelled:
    chance, classes = np.random.default_rng(seed), texts.classes.copy()
    wrong = chance.choice(len(texts), round(len(texts) * WRONG), replace=False)
    classes[wrong] = (classes[wrong] + chance.integers(1, len(SLUGS), len(wrong))) % len(SLUGS)
    return replace(texts, classes=classes)


def _taught(present: Knowledge, beginning: list[Example], corrections: Labelled) -> Knowledge:
    """Returns the knowledge after the corrections. They vote in any case; the model trained on them is used only if it
    is not refused."""
    examples = beginning + corrections.examples(len(beginning) + 1, weight=WEIGHTS[ExampleSource.STAFF])
    candidate = train(CATEGORY_IDS, examples, 2)
    voting = Knowledge(CATEGORY_IDS, examples, present.model)
    is_refused = reason_to_refuse(candidate.score, score(voting), {}) is not None
    return voting if is_refused else Knowledge(CATEGORY_IDS, examples, candidate.model)


def _accuracy(knowledge: Knowledge, texts: Labelled) -> float:
    return float((knowledge.probabilities(texts.vectors).argmax(axis=1) == texts.classes).mean())
