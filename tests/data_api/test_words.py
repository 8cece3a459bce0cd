"""From what people type to what is searched, named and paged."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from data_api.kit.paging import read_cursor, write_cursor
from data_api.kit.slugs import slug_from
from data_api.kit.words import all_of, terms_of
from service_kit.errors import InvalidInput


@pytest.fixture
def connection(database: Session) -> Connection:
    return database.connection()


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("", ""),
        ("!?*", ""),
        ("lift", "'lift':*"),
        ("no lift", "'no' & 'lift':*"),
        ("O'Brien", "'o' & 'brien':*"),
        ("a & b | !c:*", "'a' & 'b' & 'c'"),
        ("\\' OR 1=1 --", "'or' & '1' & '1'"),
        ("w " * 30, " & ".join(["'w'"] * 10)),
        ("x" * 100, f"'{'x' * 60}':*"),
        ("ПРОБЛЕМА Ёлка", "'проблема':*" + " & 'елка':*"),
        ("接続", "'接続':*"),
        ("接続できません", "'接続できませ' & '続できません'"),
        ("WiFi接続", "'wifi':* & '接続':*"),
    ],
)
def test_typed_words_become_terms(connection: Connection, typed: str, terms: str) -> None:
    assert all_of(terms_of(connection, typed, shortest=3)) == terms


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=200))
def test_no_typed_text_escapes_its_quotes_and_each_finds_itself(connection: Connection, typed: str) -> None:
    """Whatever is typed is a tsquery, and the text that was typed matches it."""
    terms = terms_of(connection, typed, shortest=3)
    found = text("SELECT lodge_search(:typed) @@ CAST(:terms AS tsquery)")
    assert not terms or connection.scalar(found, {"typed": typed, "terms": all_of(terms)})


@pytest.mark.parametrize("letter", ["x", "é", "語", "㌀", "\U00020000", "\ufdfa", "\ufdf2", "क़", "ด้"])
def test_the_longest_text_is_indexed(connection: Connection, letter: str) -> None:
    """Of different words, which take the most room: twenty thousand letters fit into what Postgres can hold."""
    written = "".join(letter + chr(0x4E00 + place % 20_000) for place in range(10_100))
    for whole in (written, letter * 20_201, f"{letter * 3} " * 5_000):
        assert connection.scalar(text("SELECT lodge_search(:written)"), {"written": whole})


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
