"""Shows what people typed so that it is never read as markdown, and never changes the direction of the text around
it."""

import re
import unicodedata

from contracts.base import TURNS_TEXT

MARKDOWN = frozenset("\\`*_{}[]()<>#+-.!|~$:&@/=^\"'%;,?\n\r\t")
# What Streamlit recognises after it has decoded entities: addresses (https://…, www.…, x@y.z) become links, names of
# icons (:smile:) become pictures, arrows become symbols. Each pattern matches a position where an invisible joiner
# prevents this.
FOUND_LATER = re.compile(
    r"(?<=https:)(?=//)|(?<=http:)(?=//)|(?<=www)(?=\.)|(?<=[-.\w+]@)(?=[-\w])|(?<=:)(?=[-+\w]+:)|(?<=[-<>~])(?=[->=])",
    re.IGNORECASE,
)
WORD_JOINER = "\u2060"


def plain(text: str) -> str:
    """Escapes a text for use as markdown: every character that has a meaning in markdown becomes an entity."""
    joined = FOUND_LATER.sub(WORD_JOINER, text)
    entities = "".join(f"&#{ord(character)};" if character in MARKDOWN else character for character in joined)
    return f"&#32;{entities[1:]}" if entities.startswith(" ") else entities


# The Unicode bidirectional classes of characters written from right to left.
FROM_RIGHT = frozenset({"R", "AL", "AN"})
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"


def isolated(text: str) -> str:
    """Prepares what people typed for the middle of a sentence: whatever its direction, the rest of the sentence keeps
    its own."""
    kept = TURNS_TEXT.sub("", text)
    is_turned = any(unicodedata.bidirectional(character) in FROM_RIGHT for character in kept)
    return f"{FIRST_STRONG_ISOLATE}{kept}{POP_ISOLATE}" if is_turned else kept


def one_line(text: str, limit: int = 160) -> str:
    """Returns the beginning of a longer text on one line."""
    joined = " ".join(text[: limit * 4].split())
    return joined if len(joined) <= limit else joined[: limit - 1].rstrip() + "…"
