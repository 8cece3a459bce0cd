"""From what people type to what is searched, named and paged."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_api.paging import read_cursor, write_cursor
from data_api.slugs import slug_from
from data_api.words import prefix_terms
from service_kit.errors import InvalidInput


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("", ""),
        ("!?*", ""),
        ("lift", "'lift':*"),
        ("no lift", "'no' & 'lift':*"),
        ("O'Brien", "'O' & 'Brien':*"),
        ("a & b | !c:*", "'a' & 'b' & 'c'"),
        ("\\' OR 1=1 --", "'OR' & '1' & '1'"),
        ("w " * 30, " & ".join(["'w'"] * 20)),
    ],
)
def test_typed_words_become_terms(typed: str, terms: str) -> None:
    assert prefix_terms(typed, shortest=3) == terms


@given(st.text(max_size=200))
def test_no_typed_text_escapes_its_quotes(typed: str) -> None:
    inside = prefix_terms(typed, shortest=3).split("'")[1::2]
    assert all(word.replace("_", "a").isalnum() for word in inside)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Technical IT", "technical-it"),
        ("  Café  Über-Straße! ", "cafe-uber-strae"),
        ("東京", ""),
        ("---", ""),
        ("x" * 59 + " yz", "x" * 59),
        ("№ 5", "no-5"),
    ],
)
def test_a_slug_is_made_from_a_name(name: str, slug: str) -> None:
    assert slug_from(name) == slug


NUMBERS = st.integers(-(2**63) + 1, 2**63 - 1)
MOMENTS = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=st.just(UTC))  # noqa: DTZ001 the zone is added
NAMES = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=200)


@given(MOMENTS, NUMBERS, NAMES)
def test_a_cursor_gives_back_what_was_put_in(moment: datetime, number: int, name: str) -> None:
    cursor = write_cursor("list", [moment, number, name])
    assert read_cursor("list", cursor, (datetime, int, str)) == [moment, number, name]


@given(st.text(max_size=300))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_cursor("list", text, (datetime, int))
