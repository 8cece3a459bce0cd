"""The two kinds of contract, and the text types they are made of."""

import re
import unicodedata
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

MAX_ID = 2**63 - 1
# Stripped from both ends: white space, and what is no space and yet not seen: soft hyphens, joiners, marks, fillers.
# Not what says how the emoji or letter before it looks.
UNSEEN = "".join(filter(str.isspace, map(chr, range(0x3001)))) + (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f"
    "\u2060\u2061\u2062\u2063\u2064\u2800\u3164\ufeff\uffa0"
)
# Of these a name looks no different: all of those but the spaces, marks of direction, selectors of a letter's variant.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
INVISIBLE = re.compile(f"[{_INVISIBLE}]+")
SEEN = re.compile(rf"[^\s{_INVISIBLE}]")
BREAKS_A_LINE = re.compile(r"[\x01-\x1f\x7f-\x9f\u2028\u2029]+")
TURNS_TEXT = re.compile(r"[\u202a-\u202e\u2066-\u2069]+")


def refuse_nul(text: str) -> str:
    """Postgres cannot store NUL; saying so beats a database error."""
    if "\x00" in text:
        raise ValueError("must not contain the NUL character")
    return text


def composed(text: str) -> str:
    """One form (NFC) of letters that can be written in two, such as é: with its accent, or as e and an accent."""
    return unicodedata.normalize("NFC", text)


def stripped(text: str) -> str:
    """Python takes more for white space than the validator's own stripping does, and some letters cannot be seen; what
    is left over would be a name or a report of nothing."""
    return composed(text).strip(UNSEEN) if SEEN.search(text) else ""


def one_line(text: str) -> str:
    """For what stands in lists, menus and window titles: no line breaks, and nothing that turns the text around it."""
    return stripped(" ".join(BREAKS_A_LINE.sub(" ", TURNS_TEXT.sub("", composed(text))).split()))


def tag(text: str) -> str:
    """Before its length is measured: some letters become two in lower case."""
    return one_line(composed(text).lower())


def name_key(name: str) -> str:
    """The same for all spellings of a name that one cannot tell apart, and for upper and lower case: NFKC, folded,
    without what cannot be seen. Joiners mean something in Persian or Hindi, so the name that is shown keeps them."""
    folded = unicodedata.normalize("NFKC", INVISIBLE.sub("", name)).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def _before(change: Callable[[str], str]) -> BeforeValidator:
    """What is no text is left to the validator that comes after."""
    return BeforeValidator(lambda value: change(value) if isinstance(value, str) else value)


class Input(BaseModel):
    """What a client sends: unknown fields are refused, so that a typing error is not silently ignored."""

    model_config = ConfigDict(extra="forbid")


class Output(BaseModel):
    """What a service answers: a client ignores fields that it does not know yet."""

    model_config = ConfigDict(frozen=True)


NoNul = AfterValidator(refuse_nul)
Composed = _before(composed)
Stripped = _before(stripped)
OneLine = _before(one_line)

Line = Annotated[str, StringConstraints(min_length=1, max_length=200), OneLine, NoNul]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100), OneLine, NoNul]
Room = Annotated[str, StringConstraints(max_length=60), OneLine, NoNul]
Paragraphs = Annotated[str, StringConstraints(min_length=1, max_length=20_000), Stripped, NoNul]
SearchText = Annotated[str, StringConstraints(max_length=200), Stripped, NoNul]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=40), _before(tag), NoNul]
Id = Annotated[int, Field(ge=1, le=MAX_ID)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
