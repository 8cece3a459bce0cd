"""Words are folded and marked in Python as the database folds and finds them."""

from importlib import import_module

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data_api.search import folding
from data_api.search.folding import TOKEN, folded, is_unspaced
from data_api.search.marks import EXCERPT_LETTERS, Marker
from tests.data_api.test_search import TEXTS, WORDS

SAMPLES = [*TEXTS.values(), *(text for text, _ in WORDS.values())]
SHORTEST = 3


def marker(*words: str) -> Marker:
    return Marker(words, SHORTEST)


def shown(parts: list[tuple[str, bool]]) -> str:
    return "".join(f"[{text}]" if is_match else text for text, is_match in parts)


def marked(text: str, *words: str) -> str | None:
    parts = marker(*words).marked(text)
    return None if parts is None else shown([(part.text, part.is_match) for part in parts])


def excerpt(text: str, *words: str) -> str:
    parts = marker(*words).excerpt(text)
    assert parts is not None
    return shown([(part.text, part.is_match) for part in parts])


@pytest.mark.parametrize("name", ["SEPARATING", "SILENT", "UNSPACED"])
def test_the_classes_of_letters_are_the_databases(name: str) -> None:
    assert getattr(folding, name) == getattr(import_module("migrations.versions.0007_words"), name)


@pytest.mark.parametrize("text", SAMPLES, ids=range(len(SAMPLES)))
def test_the_words_of_a_text_are_those_of_the_database(database: Session, text: str) -> None:
    words = [word for token in TOKEN.findall(text) for word in folded(token).split()]
    assert words == database.scalars(select(func.lodge_words(text))).one()


@pytest.mark.parametrize("name", WORDS)
def test_what_the_database_finds_is_marked(database: Session, name: str) -> None:
    text, typed = WORDS[name]
    for one in typed:
        words = database.scalars(select(func.lodge_words(one))).one()
        assert marker(*words).marked(text) is not None, one


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("The elevator is stuck", ["elev"], "The [elevator] is stuck"),
        ("The elevator is stuck", ["el"], None),
        ("Un problème récurrent", ["probleme"], "Un [problème] récurrent"),
        ("المِصْعَدُ مُعَطَّلٌ", ["المصعد"], "[المِصْعَدُ] مُعَطَّلٌ"),
        ("二楼的电梯坏了，请修理", ["电梯"], "二楼的[电梯]坏了，请修理"),
        ("図書館でWiFiに接続", ["wifi"], "図書館で[WiFi]に接続"),
        ("ガラスが割れた", ["ガラ"], "[ガラ]スが割れた"),
        ("WLAN/WiFi kaputt", ["wifi"], "WLAN/[WiFi] kaputt"),
        ("twice, Twice", ["twice"], "[twice], [Twice]"),
        ("Große Straße", ["grosse", "strasse"], "[Große] [Straße]"),
        ("two\n\n lines", ["lines"], "two [lines]"),
        ("<b>bold</b> & more", ["bold"], "<b>[bold]</b> & more"),
    ],
)
def test_marks(text: str, words: list[str], expected: str | None) -> None:
    assert marked(text, *words) == expected


def test_an_excerpt_shows_the_first_match_and_what_stands_around_it() -> None:
    found = excerpt("before " * 100 + "kestrel " + "after " * 100, "kestrel")
    assert found.startswith("…before ")
    assert "[kestrel]" in found
    assert found.endswith("after…")
    assert len(found) <= EXCERPT_LETTERS + 4


@pytest.mark.parametrize("text", ["x" * 20_000 + " kestrel", "kestrel" + "x" * 20_000, "電" * 9_000 + "kestrel"])
def test_an_excerpt_of_a_text_without_spaces_is_bounded(text: str) -> None:
    assert len(excerpt(text, "kestrel", "電")) < 3 * EXCERPT_LETTERS


def test_a_short_text_is_shown_whole() -> None:
    assert excerpt("The kestrel is back", "kestrel") == "The [kestrel] is back"


def test_runs_without_spaces_are_told_apart() -> None:
    assert [is_unspaced(token) for token in TOKEN.findall("図書館でWiFi")] == [True, False]
