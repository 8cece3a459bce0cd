"""Names of people on the campus and the texts that they write, by language."""

from lodge.seeding.texts.words import LANGUAGES, Words, internal_notes, words_of

__all__ = ["LANGUAGES", "Words", "internal_notes", "words_of"]
