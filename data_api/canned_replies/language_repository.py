"""Which language a text is in, by its most common words: the stop words of Postgres's dictionaries."""

import re

from sqlalchemy import Connection, text

from contracts.canned_replies import Language

# Postgres has no stop words for the other languages.
DICTIONARIES: dict[Language, str] = {
    Language.DA: "danish_stem",
    Language.DE: "german_stem",
    Language.EN: "english_stem",
    Language.ES: "spanish_stem",
    Language.FI: "finnish_stem",
    Language.FR: "french_stem",
    Language.HU: "hungarian_stem",
    Language.IT: "italian_stem",
    Language.NL: "dutch_stem",
    Language.NO: "norwegian_stem",
    Language.PT: "portuguese_stem",
    Language.RU: "russian_stem",
    Language.SV: "swedish_stem",
    Language.TR: "turkish_stem",
}
MOST_LETTERS, MOST_WORDS, FEWEST_STOP_WORDS = 1_000, 60, 2
# A dictionary answers a stop word with no lexeme at all.
COUNTS = text("""
SELECT language, count(*)
FROM unnest(CAST(:languages AS text[]), CAST(:dictionaries AS text[])) AS known (language, dictionary)
CROSS JOIN unnest(CAST(:words AS text[])) AS word
WHERE ts_lexize(CAST(dictionary AS regdictionary), word) = '{}'
GROUP BY language HAVING count(*) >= :fewest ORDER BY count(*) DESC, language LIMIT 2
""")


def language_of(connection: Connection, written: str) -> Language | None:
    """Returns the language most of whose common words are in the text; None if there are hardly any, or as many of
    another one."""
    words = list(dict.fromkeys(re.findall(r"[^\W\d_]+", written[:MOST_LETTERS].lower())))[:MOST_WORDS]
    found = connection.execute(
        COUNTS,
        {
            "languages": [language.value for language in DICTIONARIES],
            "dictionaries": [*DICTIONARIES.values()],
            "words": words,
            "fewest": FEWEST_STOP_WORDS,
        },
    ).all()
    if not found or (len(found) == 2 and found[0][1] == found[1][1]):
        return None
    return Language(found[0][0])
