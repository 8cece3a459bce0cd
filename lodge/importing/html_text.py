"""Converts HTML, in which some systems store their descriptions, to plain text."""

import re
from html.parser import HTMLParser

LINE_BREAKS = {"br", "tr", "dt", "dd", "option", "caption"}
BLOCKS = {
    *("p", "div", "ul", "ol", "dl", "table", "blockquote", "pre", "hr", "form", "fieldset", "section", "article"),
    *("header", "footer", "main", "aside", "nav", "figure", "address", "body", "h1", "h2", "h3", "h4", "h5", "h6"),
}
INLINE = {
    *(
        "a",
        "abbr",
        "b",
        "big",
        "center",
        "cite",
        "code",
        "del",
        "em",
        "font",
        "i",
        "img",
        "ins",
        "kbd",
        "label",
        "mark",
    ),
    *("q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "html", "meta"),
    *("link", "colgroup", "col", "tbody", "thead", "tfoot", "picture", "source", "wbr", "nobr", "base"),
}
CELLS = {"td", "th"}
UNSEEN = {"script", "style", "head", "title", "template", "noscript"}
KNOWN = LINE_BREAKS | BLOCKS | INLINE | CELLS | UNSEEN | {"li"}
OPENING = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)(?:\s[^<>]*)?/?>")
CLOSING = re.compile(r"</([a-zA-Z][a-zA-Z0-9]*)\s*>")
DECLARATION = re.compile(r"<[!?][^<>]*>")
NO_ELEMENT = re.compile(r"<(?!/?[a-zA-Z][^<>]*>)")
LONG_ELEMENT = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)\s[^<>]{2000,}>")  # such as an image inside an attribute
# An element in which a quotation mark is not closed. Python's parser before 3.11.4 drops all text after it.
UNCLOSED_QUOTE = re.compile(r"""<([a-zA-Z][a-zA-Z0-9]*)(?!(?:[^<>'"]|'[^<>']*'|"[^<>"]*")*>)\s[^<>]*>""")
BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def is_html(text: str) -> bool:
    """Returns whether the text contains <br>, or a known element that is opened and closed.

    "a < b" is no HTML, nor is "press <Enter>".
    """
    if "<" not in text:
        return False
    opened = {name.lower() for name in OPENING.findall(text)} & KNOWN
    closed = {name.lower() for name in CLOSING.findall(text)}
    return bool(opened & closed) or BREAK.search(text) is not None


def text_of_html(text: str) -> str:
    """Returns the plain text. Lines, paragraphs and the addresses of links are kept; content that a browser would not
    show is removed. Unknown elements, such as <Enter>, are kept as text."""
    parser = _Text()
    parser.feed(_tidied(text))
    parser.close()
    return parser.text()


def _tidied(text: str) -> str:
    """Removes comments, declarations and attributes that are very long or not closed, and escapes every `<` that begins
    no element.

    The parser's time grows with the square of the number of unfinished elements, and it fails on some declarations.
    """
    kept, end = [], 0
    while (start := text.find("<!--", end)) >= 0 and (close := text.find("-->", start + 4)) >= 0:
        kept.append(text[end:start])
        end = close + 3
    text = LONG_ELEMENT.sub(r"<\1>", DECLARATION.sub("", "".join(kept) + text[end:]))
    text = UNCLOSED_QUOTE.sub(r"<\1>", text)
    return NO_ELEMENT.sub("&lt;", text)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.unseen: list[
            tuple[str, int]
        ] = []  # open elements whose content is removed when they are closed, and the index of their first piece
        self.link: tuple[str, int] | None = None  # only one, because links do not nest
        self.kept_spaces = 0  # the number of open <pre> elements

    def text(self) -> str:
        lines = [line.rstrip() for line in "".join(self.pieces).splitlines()]
        # A single leading space is left from the indentation of the HTML source; several come from <pre> and stay.
        whole = "\n".join(line[1:] if line[:1] == " " != line[1:2] else line for line in lines)
        return re.sub(r"\n{3,}", "\n\n", whole).strip()

    def set_cdata_mode(self, elem: str, *, escapable: bool = False) -> None:
        """Does nothing, so that a <script> without an end does not swallow the rest of the text."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in KNOWN:
            self.pieces.append(self.get_starttag_text() or "")
        elif tag in UNSEEN:
            self.unseen.append((tag, len(self.pieces)))
        elif tag in BLOCKS:
            self.pieces.append("\n\n")
            self.kept_spaces += tag == "pre"
        elif tag in LINE_BREAKS:
            self.pieces.append("\n")
        elif tag == "li":
            self.pieces.append("\n- ")
        elif tag in CELLS:
            self.pieces.append(" ")
        else:
            self._inline(tag, dict(attrs))

    def _inline(self, tag: str, attributes: dict[str, str | None]) -> None:
        if tag == "a" and (address := attributes.get("href")):
            self.link = address.strip(), len(self.pieces)
        elif tag == "img" and (shown := attributes.get("alt")):
            self.pieces.append(f"[{shown}]")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag not in KNOWN:
            self.pieces.append(f"</{tag}>")
        elif tag in UNSEEN:
            if self.unseen and self.unseen[-1][0] == tag:
                del self.pieces[self.unseen.pop()[1] :]
        elif tag in BLOCKS:
            self.pieces.append("\n\n")
            self.kept_spaces -= tag == "pre" and self.kept_spaces > 0
        elif tag == "a" and self.link:
            address, start = self.link
            self.link = None
            shown = "".join(self.pieces[start:]).strip()
            if address.startswith(("http://", "https://")) and address.rstrip("/") != shown.rstrip("/"):
                self.pieces.append(f" ({address})" if shown else address)

    def handle_data(self, data: str) -> None:
        if not self.kept_spaces:
            data = re.sub(r"\s+", " ", data)
            if self.pieces and self.pieces[-1][-1:].isspace():
                data = data.lstrip()
        self.pieces.append(data)
