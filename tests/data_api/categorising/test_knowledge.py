"""What a prediction is made from."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.suggestions import Sureness
from data_api.learning.knowledge import SURE, Example, Knowledge
from data_api.learning.training import ENOUGH_TO_JUDGE_A_CATEGORY, Score, reason_to_refuse, score, train
from data_api.texts.encoder import get_encoder
from data_api.texts.starting_texts import starting_texts
from data_api.texts.texts import key_of

IDS = [7, 3, 11]  # in no order, so that a place is never taken for an id
SLUGS = ["facility-management", "technical-it", "services-complaints"]
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=80)


def starting(name: str, first_id: int, *, is_check_text: bool) -> list[Example]:
    rows = starting_texts(name)
    vectors = get_encoder().encode([row["text"] for row in rows])
    return [
        Example(
            first_id + place, IDS[SLUGS.index(row["category"])], 1, is_check_text, None, key_of(row["text"]), vector, 1
        )
        for place, (row, vector) in enumerate(zip(rows, vectors, strict=True))
    ]


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return [*starting("examples", 1, is_check_text=False), *starting("check_texts", 1001, is_check_text=True)]


@pytest.fixture(scope="module")
def knowledge(examples: list[Example]) -> Knowledge:
    return Knowledge(IDS, examples, train(IDS, examples, 1).model)


def said(text: str, category_id: int, id_: int) -> Example:
    return Example(id_, category_id, 5, False, None, key_of(text), get_encoder().encode([text])[0], 2)


@settings(max_examples=150, deadline=None)
@given(text=texts, spelling=st.sampled_from([str, str.upper, str.title, lambda text: f"  {text} "]), words=st.data())
def test_the_last_word_on_a_text_wins(knowledge: Knowledge, text: str, spelling: object, words: st.DataObject) -> None:
    """Whatever was said of it before, of however many texts, and whatever the model thinks."""
    corrections = words.draw(st.lists(st.sampled_from(IDS), min_size=1, max_size=6))
    others = words.draw(st.lists(st.tuples(texts, st.sampled_from(IDS)), max_size=5))
    news = [said(other, id_, 2000 + place) for place, (other, id_) in enumerate(others)]
    news += [said(text, id_, 3000 + place) for place, id_ in enumerate(corrections)]
    taught = Knowledge(IDS, [*reversed(news), *knowledge.examples], knowledge.model)
    assert callable(spelling)
    asked = spelling(text)
    if key_of(asked) != key_of(text):  # İ and its like have no way back
        asked = text
    prediction = taught.predict(asked, get_encoder().encode([asked])[0])
    assert prediction.category_id == corrections[-1]
    assert prediction.sureness is Sureness.SURE
    assert prediction.assigned_id == corrections[-1]


@settings(max_examples=60, deadline=None)
@given(text=texts)
def test_probabilities_sum_to_one_and_none_is_impossible(knowledge: Knowledge, text: str) -> None:
    prediction = knowledge.predict(text, get_encoder().encode([text])[0])
    shares = np.array(list(prediction.probabilities.values()))
    assert list(prediction.probabilities) == IDS
    assert shares.sum() == pytest.approx(1)
    assert (shares > 0).all()
    assert prediction.confidence == shares.max()


def test_a_young_category_is_suggested_and_never_given(knowledge: Knowledge) -> None:
    phrases = [f"My bicycle number {number} was stolen" for number in range(10)]
    news = [said(phrase, 99, 2000 + place) for place, phrase in enumerate(phrases)]
    taught = Knowledge([*IDS, 99], [*knowledge.examples, *news], knowledge.model)
    text = "My bicycle number 77 was stolen last night"
    prediction = taught.predict(text, get_encoder().encode([text])[0])
    assert (prediction.category_id, prediction.sureness) == (99, Sureness.UNSURE)
    assert prediction.assigned_id in IDS


@pytest.mark.parametrize("text", ["😀😀😀", "?!?!?!", "12345 678", "... --- ..."])
def test_what_has_no_letters_is_never_sure(knowledge: Knowledge, text: str) -> None:
    assert knowledge.predict(text, get_encoder().encode([text])[0]).sureness is Sureness.UNSURE


@pytest.mark.parametrize(
    ("text", "is_vague"),
    [
        ("It doesn't work anymore, please help", True),
        ("No funciona, por favor ayuda", True),
        ("The lift doesn't work anymore, please help", False),
        ("My computer does not work anymore, please help me", False),
    ],
)
def test_what_does_not_say_what_is_wrong_is_never_sure(knowledge: Knowledge, text: str, is_vague: bool) -> None:
    prediction = knowledge.predict(text, get_encoder().encode([text])[0])
    assert prediction.confidence > SURE
    assert prediction.sureness is (Sureness.UNSURE if is_vague else Sureness.SURE)


def test_one_example_of_a_new_category_does_not_take_over(knowledge: Knowledge) -> None:
    check_texts = starting_texts("check_texts")
    vectors = get_encoder().encode([row["text"] for row in check_texts])
    taught = Knowledge([*IDS, 99], [*knowledge.examples, said("Something is broken", 99, 2000)], knowledge.model)
    found = taught.predict_all([row["text"] for row in check_texts], vectors)
    assert sum(one.category_id == 99 for one in found) <= 1


def test_a_category_that_is_gone_is_not_predicted(examples: list[Example], knowledge: Knowledge) -> None:
    left = Knowledge(IDS[:2], [one for one in examples if one.category_id != IDS[2]], knowledge.model)
    prediction = left.predict("The soup was cold", get_encoder().encode(["The soup was cold"])[0])
    assert prediction.category_id in IDS[:2]
    assert sum(prediction.probabilities.values()) == pytest.approx(1)


def test_the_gate_refuses_a_model_made_from_wrong_examples(examples: list[Example], knowledge: Knowledge) -> None:
    wrong = [
        Example(one.id + 5000, IDS[(IDS.index(one.category_id) + 1) % 3], 5, False, None, b"%d" % one.id, one.vector, 2)
        for one in examples
        if not one.is_check_text
    ]
    candidate = train(IDS, [*examples, *wrong], 2)
    why = reason_to_refuse(candidate.score, score(knowledge), {})
    assert why is not None
    assert why.startswith("It gets ")


@pytest.mark.parametrize(
    ("accuracy", "recall", "count", "is_refused"),
    [
        (0.90, 0.9, 50, False),
        (0.895, 0.9, 50, False),
        (0.889, 0.9, 50, True),
        (0.90, 0.875, 50, False),
        (0.90, 0.86, 50, True),
        (0.90, 0.5, ENOUGH_TO_JUDGE_A_CATEGORY - 1, False),
        (0.90, 0.5, ENOUGH_TO_JUDGE_A_CATEGORY, True),
    ],
)
def test_a_point_overall_and_three_in_one_category_may_be_lost(
    accuracy: float, recall: float, count: int, is_refused: bool
) -> None:
    present, new = Score(150, 0.9, {7: count}, {7: 0.9}), Score(150, accuracy, {7: count}, {7: recall})
    assert (reason_to_refuse(new, present, {}) is not None) == is_refused


def test_nothing_is_judged_without_check_texts(examples: list[Example]) -> None:
    candidate = train(IDS, [one for one in examples if not one.is_check_text], 1)
    assert candidate.score == Score(0, None, {}, {})
    assert reason_to_refuse(candidate.score, candidate.score, {}) is None
