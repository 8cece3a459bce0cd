"""The categoriser's part: how often it is right on unseen texts, how well its confidence fits, and how fast it is."""

from collections.abc import Iterator, Sequence
from time import perf_counter

import numpy as np

from benchmarks.figures import Figure, bootstrapped, calibration_error, share
from benchmarks.labelled import SLUGS, Labelled, Predicted, fresh, starting, unseen, vague
from benchmarks.measure import Limits, Row, Samples
from contracts.suggestions import Sureness
from data_api.learning.knowledge import LIKELY, SURE, Example, Knowledge
from data_api.learning.regression import Integers
from data_api.learning.training import train
from data_api.texts.encoder import LONGEST, get_encoder

FOLDS = 5
CATEGORY_IDS = [1, 2, 3]
TIMED = 3  # the unseen texts are predicted this many times


def measure_categorising() -> tuple[list[Figure], list[Row]]:
    figures = [
        *bar("unseen", predicted(unseen())),
        *bar("fresh", predicted(fresh())),
        *bar("cross-validated", cross_validated()),
        *vagueness(),
    ]
    return figures, list(_times(learned(starting_examples())))


def learned(examples: Sequence[Example]) -> Knowledge:
    return Knowledge(CATEGORY_IDS, examples, train(CATEGORY_IDS, examples, 1).model)


def starting_examples() -> list[Example]:
    """Returns the examples of a new desk. The check texts vote too, but only the temperature is fitted to them."""
    examples = starting("examples").examples(1)
    return examples + starting("check_texts").examples(len(examples) + 1, is_check_text=True)


def cross_validated() -> Predicted:
    """Returns predictions for the examples that come with Lodge, each by a model trained on the other folds."""
    texts, check_texts = starting("examples"), starting("check_texts").examples(1001, is_check_text=True)
    examples, folds = texts.examples(1), _folds(texts)
    probabilities = np.zeros((len(texts), len(SLUGS)))
    for fold in range(FOLDS):
        others = [example for example, its in zip(examples, folds, strict=True) if its != fold]
        probabilities[folds == fold] = learned(others + check_texts).probabilities(texts.vectors[folds == fold])
    return Predicted(texts, probabilities)


def _folds(texts: Labelled) -> Integers:
    """Returns the fold of each text. Each category is spread evenly, and the folds are the same in every run."""
    chance, folds = np.random.default_rng(4), np.empty(len(texts), dtype=np.int64)
    for each in range(len(SLUGS)):
        shuffled = chance.permutation(np.flatnonzero(texts.classes == each))
        folds[shuffled] = np.arange(len(shuffled)) % FOLDS
    return folds


def predicted(texts: Labelled) -> Predicted:
    """Returns the predictions of a new desk."""
    return Predicted(texts, learned(starting_examples()).probabilities(texts.vectors))


def bar(what: str, found: Predicted) -> Iterator[Figure]:
    right, confidence, classes = found.is_right, found.confidence, found.truth.classes
    yield share(f"{what}: accuracy", right, 0.90)
    for each, slug in enumerate(SLUGS):
        yield share(f"{what}: recall of {slug}", right[classes == each], 0.85)
    yield share(f"{what}: accuracy in other languages", right[np.array(found.truth.languages) != "en"], 0.90)
    yield bootstrapped(
        f"{what}: expected calibration error",
        len(right),
        lambda places: calibration_error(confidence[places], right[places]),
        at_most=0.06,
    )
    yield share(f"{what}: at least {Sureness.LIKELY}", (confidence >= LIKELY).astype(np.int64), 0.88)
    yield share(f"{what}: accuracy where at least {Sureness.LIKELY}", right[confidence >= LIKELY], 0.94)
    yield share(f"{what}: {Sureness.SURE}", (confidence >= SURE).astype(np.int64))
    yield share(f"{what}: accuracy where {Sureness.SURE}", right[confidence >= SURE])
    yield share(f"{what}: truth in the first two", found.is_in_first_two, 0.97)


def vagueness() -> Iterator[Figure]:
    """How many vague texts are asked about, and how many other texts are not taken for vague ones."""
    knowledge = learned(starting_examples())
    asked = knowledge.predict_all(vague(), get_encoder().encode(vague()))
    is_unsure = np.array([prediction.sureness is Sureness.UNSURE for prediction in asked], dtype=np.int64)
    yield share(f"vague: {Sureness.UNSURE}", is_unsure, 0.90)
    for what, texts in (("unseen", unseen()), ("fresh", fresh())):
        yield share(f"{what}: not vague", (~knowledge.is_vague(texts.vectors)).astype(np.int64), 0.99)


def _times(knowledge: Knowledge) -> Iterator[Row]:
    """Times the encoding and prediction of single texts, one after the other."""
    texts = list(unseen().texts) * TIMED
    long = [(" ".join(texts[place:]) * 2)[:LONGEST] for place in range(200)]
    for name, some in (("predict one text", texts), (f"predict one text of {LONGEST:,} characters", long)):
        samples = Samples()
        samples.add([_seconds(knowledge, text) for text in some])
        yield Row(name, Limits({99: 25} if some is texts else {}), large=samples)


def _seconds(knowledge: Knowledge, text: str) -> float:
    begin = perf_counter()
    knowledge.predict(text, get_encoder().encode([text])[0])
    return perf_counter() - begin
