"""What people on campus write, language by language."""

from lodge.seeding.texts import de, en, es, fr, it, pt
from lodge.seeding.texts.words import Words

WORDS: dict[str, Words] = {words.code: words for words in (en.WORDS, de.WORDS, it.WORDS, fr.WORDS, es.WORDS, pt.WORDS)}
NOTES = en.NOTES

__all__ = ["NOTES", "WORDS", "Words"]
