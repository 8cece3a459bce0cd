"""What the field for phrases lets through, the data API takes; the rest is told before it is sent."""

import pytest

from contracts.categorising import MAX_PHRASE_LETTERS, MAX_PHRASES, PhrasesCreate
from streamlit_app.categories.phrases import objection
from tests.support.api import Api
from tests.ui.conftest import Opener

LONGEST = "x" * MAX_PHRASE_LETTERS
MOST = [f"The gate sticks at place {number}" for number in range(MAX_PHRASES)]


@pytest.mark.parametrize("phrases", [[LONGEST], MOST])
def test_as_many_and_as_long_as_the_contract_takes(phrases: list[str]) -> None:
    assert objection(phrases, 1) is None
    assert PhrasesCreate(phrases=phrases)


@pytest.mark.parametrize(
    ("lines", "problem"), [([f"{LONGEST}x"], "3 to 300 letters"), ([*MOST, "One more"], "At most 200 at once")]
)
def test_one_more_is_told_in_the_dialog(api: Api, see: Opener, lines: list[str], problem: str) -> None:
    screen = see(api.enter("admin", "Lia List"), "categories", view="Examples").press("Add phrases")
    screen.type_in("phrase_input", text="\n".join(lines))

    assert problem in screen.press("Add").words()
