"""The field for example phrases of a category, one phrase a line, and the checks on them."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from contracts.categorising import MAX_PHRASE_LETTERS, MAX_PHRASES, MIN_PHRASE_LETTERS
from streamlit_app.components.phrase_input import phrase_input
from streamlit_app.language.words import count
from streamlit_app.shell.dialogs import Form

FIELD = "phrases"
WHAT_FOR = (
    "What people may write of it. Lodge learns from that: a report that reads like one of these is put here by itself. "
    "For a category Parking, for example: “A car blocks the bike racks”, “My parking permit has run out”, “Die "
    "Schranke am Parkhaus geht nicht auf”. Any language will do."
)


def phrases_field(form: Form, *, at_least: int) -> DeltaGenerator:
    """Draws an explanation and the field, which counts its phrases. Returns the container for error messages."""
    st.text(WHAT_FOR)
    form.fields[FIELD] = phrases_in(phrase_input(f"{form.key}_{FIELD}", "Phrases, one a line", at_least=at_least))
    form.places[FIELD] = place = st.container()
    return place


def phrases_in(text: str) -> list[str]:
    """Returns the different phrases of the text, ignoring case and spaces, in their order."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return list({line.casefold(): line for line in lines if line}.values())


def objection(phrases: list[str], at_least: int) -> str | None:
    """Returns why these phrases cannot be sent, or None if they can."""
    if len(phrases) < at_least:
        return f"At least {_phrases(at_least)} that {'differ' if at_least > 1 else 'people may write'}, please."
    if len(phrases) > MAX_PHRASES:
        return f"At most {MAX_PHRASES} at once, please."
    if wrong := [phrase for phrase in phrases if not MIN_PHRASE_LETTERS <= len(phrase) <= MAX_PHRASE_LETTERS]:
        limits = f"{MIN_PHRASE_LETTERS} to {MAX_PHRASE_LETTERS}"
        return f"Each phrase has {limits} letters: “{wrong[0][:40]}” has {len(wrong[0]):,}."
    return None


def _phrases(number: int) -> str:
    return count(number, "phrase", "phrases")
