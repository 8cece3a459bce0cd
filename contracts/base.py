"""The base classes of contracts, one for requests and one for answers, and the text types of their fields."""

import re
import unicodedata
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

MAX_ID = 2**63 - 1
# Characters that are stripped from both ends of a text: white space, and invisible characters that are not white space,
# such as soft hyphens, joiners, direction marks and fillers. Characters that determine how the emoji or letter before
# them looks are not stripped.
UNSEEN = "".join(filter(str.isspace, map(chr, range(0x3001)))) + (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f"
    "\u2060\u2061\u2062\u2063\u2064\u2800\u3164\ufeff\uffa0"
)
# Characters that do not change how a name looks: those of UNSEEN except the spaces, and also direction marks and
# variation selectors.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
INVISIBLE = re.compile(f"[{_INVISIBLE}]+")
SEEN = re.compile(rf"[^\s{_INVISIBLE}]")
BREAKS_A_LINE = re.compile(r"[\x01-\x1f\x7f-\x9f\u2028\u2029]+")
TURNS_TEXT = re.compile(r"[\u202a-\u202e\u2066-\u2069]+")


def refuse_nul(text: str) -> str:
    """Raises ValueError for the NUL character, which Postgres cannot store: otherwise the database would raise the
    error."""
    if "\x00" in text:
        raise ValueError("must not contain the NUL character")
    return text


def refuse_invisible(text: str) -> str:
    """Raises ValueError for characters that cannot be seen: two addresses that look the same would be two."""
    if INVISIBLE.search(text) or "\x00" in text:
        raise ValueError("must not contain characters that cannot be seen")
    return text


def composed(text: str) -> str:
    """Returns the text in NFC: letters that can be encoded in two ways, such as é (as one character, or as e and an
    accent), get one form."""
    return unicodedata.normalize("NFC", text)


def stripped(text: str) -> str:
    """Returns the text in NFC, without white space and invisible characters at both ends; "" if none of it can be seen.
    The validator's own stripping knows fewer kinds of white space than Python, and no invisible characters: it would
    accept a name or a report in which nothing can be seen."""
    return composed(text).strip(UNSEEN) if SEEN.search(text) else ""


def one_line(text: str) -> str:
    """Returns the text for lists, menus and window titles: without line breaks, and without characters that reverse the
    direction of the text around it."""
    return stripped(" ".join(BREAKS_A_LINE.sub(" ", TURNS_TEXT.sub("", composed(text))).split()))


def tag(text: str) -> str:
    """Returns a tag in lower case. Runs before the length is checked, because some letters become two in lower case."""
    return one_line(composed(text).lower())


def email_address(text: str) -> str:
    """Returns a mail address in the one form in which it is stored and compared: in lower case."""
    return one_line(composed(text).lower())


def name_key(name: str) -> str:
    """Returns the same key for all spellings of a name that look the same, and for upper and lower case: NFKC,
    case-folded, without invisible characters. The displayed name keeps its joiners, because they have a meaning in
    Persian or Hindi."""
    folded = unicodedata.normalize("NFKC", INVISIBLE.sub("", name)).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def refuse_null(value: object) -> object:
    """Raises ValueError for null, in a field of a change that may be left out but not cleared."""
    if value is None:
        raise ValueError("cannot be null; leave it out to keep it as it is")
    return value


def password(text: str) -> str:
    """Returns a password as it is checked and kept: in NFKC, because keyboards encode the same letter in several ways,
    and without white space at both ends, which is often copied along."""
    return unicodedata.normalize("NFKC", text).strip()


def _before(change: Callable[[str], str]) -> BeforeValidator:
    """Applies `change` to a text before it is validated. Passes on a value that is not a text, which the validator then
    refuses."""
    return BeforeValidator(lambda value: change(value) if isinstance(value, str) else value)


class Input(BaseModel):
    """What a client sends: unknown fields are refused, so that a typing error is not silently ignored."""

    model_config = ConfigDict(extra="forbid")


class Output(BaseModel):
    """What a service answers: a client ignores fields that it does not know yet."""

    model_config = ConfigDict(frozen=True)


NotNull = BeforeValidator(refuse_null)
NoNul = AfterValidator(refuse_nul)
Composed = _before(composed)
Stripped = _before(stripped)
OneLine = _before(one_line)

Line = Annotated[str, StringConstraints(min_length=1, max_length=200), OneLine, NoNul]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100), OneLine, NoNul]
Username = Annotated[str, StringConstraints(min_length=1, max_length=100), OneLine, NoNul]
Password = Annotated[str, StringConstraints(min_length=1, max_length=200), _before(password), NoNul]
NewPassword = Annotated[str, StringConstraints(min_length=10, max_length=200), _before(password), NoNul]
# A token, or the code of a link.
Secret = Annotated[str, StringConstraints(min_length=1, max_length=200), NoNul]
Room = Annotated[str, StringConstraints(max_length=60), OneLine, NoNul]
Paragraphs = Annotated[str, StringConstraints(min_length=1, max_length=20_000), Stripped, NoNul]
MayBeEmpty = Annotated[str, StringConstraints(max_length=20_000), Stripped, NoNul]
SearchText = Annotated[str, StringConstraints(max_length=200), Stripped, NoNul]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
LONGEST_TAG = 40
Tag = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TAG), _before(tag), NoNul]
# What somebody has typed of a tag.
TagBeginning = Annotated[str, StringConstraints(max_length=LONGEST_TAG), _before(tag), NoNul]
Description = Annotated[str, StringConstraints(max_length=500), Composed, NoNul]
Email = Annotated[
    str,
    StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254),
    _before(email_address),
    AfterValidator(refuse_invisible),
]
Id = Annotated[int, Field(ge=1, le=MAX_ID)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
