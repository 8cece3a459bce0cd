"""What people on campus write, and what they are called, language by language."""

from lodge.seeding.texts.words import LANGUAGES, Words, internal_notes, words_of

__all__ = ["LANGUAGES", "Words", "internal_notes", "words_of"]
