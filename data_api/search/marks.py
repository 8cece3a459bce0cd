"""Marks in a text the words that were searched for."""

from collections.abc import Iterator, Sequence
from itertools import islice

from contracts.search import MarkedPart
from data_api.search.folding import TOKEN, folded, folded_character, is_unspaced

EXCERPT_LETTERS = 200
LETTERS_BEFORE = 60  # of an excerpt, before its first match
LONGEST_WORD = 60  # longer words are indexed by their beginning
MOST_TOKENS = 5_000  # a text is looked through so far

Span = tuple[int, int]


class Marker:
    """`words`: the folded words that were typed. Those of at least `shortest` letters match beginnings of words."""

    def __init__(self, words: Sequence[str], shortest: int) -> None:
        self.unspaced = [word for word in words if is_unspaced(word)]
        others = [word[:LONGEST_WORD] for word in words if not is_unspaced(word)]
        self.beginnings = tuple(word for word in others if len(word) >= shortest)
        self.whole = frozenset(others)

    def marked(self, text: str) -> list[MarkedPart] | None:
        """Returns the whole text on one line in parts; None if nothing in it matches."""
        line = " ".join(text.split())
        spans = list(self._spans(line))
        return _parts(line, spans, (0, len(line))) if spans else None

    def excerpt(self, text: str) -> list[MarkedPart] | None:
        """Returns the part of the text around the first match; None if nothing in it matches."""
        line = " ".join(text.split())
        spans = list(self._spans(line))
        return _parts(line, spans, _window(line, spans[0])) if spans else None

    def _spans(self, line: str) -> Iterator[Span]:
        for token in islice(TOKEN.finditer(line), MOST_TOKENS):
            if is_unspaced(token[0]):
                yield from self._inside(token[0], token.start())
            elif any(self._matches(word) for word in folded(token[0]).split()):
                yield token.span()

    def _matches(self, word: str) -> bool:
        return word in self.whole or word.startswith(self.beginnings)

    def _inside(self, run: str, start: int) -> list[Span]:
        """Finds the words in a run of a script that puts no spaces between them."""
        letters = [(letter, place) for place, one in enumerate(run) for letter in folded_character(one)]
        text = "".join(letter for letter, _ in letters)
        found = set()
        for word in self.unspaced:
            at = text.find(word)
            while at >= 0:
                found.add((start + letters[at][1], start + letters[at + len(word) - 1][1] + 1))
                at = text.find(word, at + len(word))
        return _merged(sorted(found))


def _merged(spans: Sequence[Span]) -> list[Span]:
    """Joins spans that overlap or touch."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _window(line: str, first: Span) -> Span:
    """Returns which letters an excerpt shows. It begins and ends between words if there are any."""
    if len(line) <= EXCERPT_LETTERS:
        return 0, len(line)
    start = max(0, min(first[0] - LETTERS_BEFORE, len(line) - EXCERPT_LETTERS))
    end = min(len(line), start + EXCERPT_LETTERS)
    if start:
        space = line.find(" ", start, first[0])
        start = space + 1 if space >= 0 else start
    if end < len(line):
        space = line.rfind(" ", first[1], end)
        end = space if space >= 0 else end
    return start, end


def _parts(line: str, spans: Sequence[Span], window: Span) -> list[MarkedPart]:
    begin, end = window
    parts: list[MarkedPart] = []

    def add(text: str, *, is_match: bool) -> None:
        if text:
            parts.append(MarkedPart(text=text, is_match=is_match))

    add("…" if begin else "", is_match=False)
    at = begin
    for start, stop in ((max(start, begin), min(stop, end)) for start, stop in spans):
        if start < stop:
            add(line[at:start], is_match=False)
            add(line[start:stop], is_match=True)
            at = stop
    add(line[at:end] + ("…" if end < len(line) else ""), is_match=False)
    return parts
