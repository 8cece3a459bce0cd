"""First and last names of people on the campus, by the language they write in."""

from functools import cache

from lodge.seeding.texts import LANGUAGES, words_of


def names_of(language: str) -> tuple[list[str], list[str]]:
    """Returns the first and the last names of people who write in this language."""
    words = words_of(language)
    return words.first_names, words.last_names


@cache
def all_first_names() -> list[str]:
    return sorted({name for language in LANGUAGES for name in words_of(language).first_names})


@cache
def all_last_names() -> list[str]:
    return sorted({name for language in LANGUAGES for name in words_of(language).last_names})
