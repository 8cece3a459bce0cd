"""One phrase in five is kept apart to check models with."""

import pytest

from tests.support.api import Visitor, done
from tests.support.teaching import PHRASES, examples

MORE = [f"Somebody took my {what} from the changing room" for what in "ABCDEFGHIJ"]


def check_texts(admin: Visitor, slug: str = "safety") -> list[str]:
    return [one["text"] for one in examples(admin, slug, source="admin") if one["is_check_text"]]


def give(admin: Visitor, phrases: list[str], slug: str = "safety") -> None:
    done(admin.post(f"/categories/{slug}/phrases", json={"phrases": phrases}), 201)


@pytest.mark.parametrize("at_once", [1, 3, 4, 10])
def test_however_few_come_at_a_time(admin: Visitor, at_once: int) -> None:
    done(admin.post("/categories", json={"name": "Safety", "phrases": PHRASES}), 201)
    assert len(check_texts(admin)) == 2
    for place in range(0, len(MORE), at_once):
        give(admin, MORE[place : place + at_once])
    assert (len(examples(admin, "safety")), len(check_texts(admin))) == (20, 4)


def test_given_again_each_stays_what_it_is(admin: Visitor) -> None:
    """Also those that Lodge brings."""
    done(admin.post("/categories", json={"name": "Safety", "phrases": PHRASES}), 201)
    before = check_texts(admin)
    for phrase in PHRASES:
        give(admin, [phrase.upper()])
    assert sorted(check_texts(admin)) == sorted(phrase.upper() for phrase in before)
    shipped = examples(admin, "technical-it", source="seed", limit=200)
    chosen = [next(one["text"] for one in shipped if one["is_check_text"] is kind) for kind in (True, False)]
    give(admin, chosen, "technical-it")
    assert check_texts(admin, "technical-it") == chosen[:1]
