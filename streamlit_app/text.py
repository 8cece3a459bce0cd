"""People's words are never markdown."""

MARKDOWN = frozenset("\\`*_{}[]()<>#+-.!|~$:&@/=^\"'%;,?")


def plain(text: str) -> str:
    """For places that Streamlit reads as markdown: every character that could mean something, as an entity."""
    return "".join(f"&#{ord(character)};" if character in MARKDOWN else character for character in text)


def one_line(text: str, limit: int = 160) -> str:
    """The beginning of a longer text on one line."""
    joined = " ".join(text[: limit * 4].split())
    return joined if len(joined) <= limit else joined[: limit - 1].rstrip() + "…"
