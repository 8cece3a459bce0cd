"""People's words in places that Streamlit reads as markdown stay what they are."""

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streamlit_app.language.text import MARKDOWN, WORD_JOINER, plain

# What Streamlit 1.67 looks for in the text that markdown leaves, when entities have become letters: from its plugins
# gfm-autolink-literal, emoji and icons, and its own for arrows.
FOUND_LATER = [
    re.compile(pattern, re.ASCII | re.IGNORECASE)
    for pattern in (
        r"(https?://|www(?=\.))([-.\w]+)",
        r"[-.\w+]+@[-\w]+(?:\.[-\w]+)+",
        r":\+1:|:-1:|:[\w-]+:",
        r":material_\w+:",
        r":streamlit:",
        r"(^|\s)(<->|->|<-|--|>=|<=|~=)(\s|$)",
    )
]
MEANING = (
    "http:// HTTPS:// www. evil.example a@b.co :smile: :+1: :material/home: :material_home: :streamlit: -> <-> -- >= "
    "~= [x](y) ![ $x$ :red[a] &lt; &#58; <b> ``` # 1. - > |a| ~~ ** [^1] \\ é 日本"
)
PIECES = st.sampled_from([*MEANING.split(), *(f" {piece} " for piece in MEANING.split()), "\n", "    x", "\u202e"])


def shown(source: str) -> str:
    """As markdown's text: no character of the source means anything but itself and the entities."""
    assert not set(re.sub(r"&#\d+;", "", source)) & MARKDOWN
    assert not source.startswith((" ", "\t"))
    return html.unescape(source)


@given(st.lists(PIECES, max_size=6).map("".join) | st.text(st.characters(exclude_characters="\0", codec="utf-8")))
@example("http://evil.example")
@example("Write to mia.rossi@campus.example or www.campus.example :smile:")
def test_nothing_becomes_of_them(text: str) -> None:
    left = shown(plain(text))
    assert [pattern.pattern for pattern in FOUND_LATER if pattern.search(left)] == []
    # Entities of controls are another character to a browser, which shows none of them.
    visible = [character for character in text if character.isprintable() and character != WORD_JOINER]
    assert [character for character in left if character.isprintable() and character != WORD_JOINER] == visible


@pytest.mark.parametrize("text", ["Ada Okafor", "Technical IT", "C++ & more", "8:00 to 18:00", "2026-03-01", "a-b"])
def test_ordinary_words_hold_nothing_that_was_not_typed(text: str) -> None:
    assert shown(plain(text)) == text
