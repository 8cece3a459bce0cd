"""Folds words as the SQL function `lodge_words` does (ADR 23), to find in a text what the database has found in it.

What is found is only marked: where Python's version of Unicode differs from the database's, a mark is missing.
"""

import re
import unicodedata
from functools import lru_cache

# The character classes of migration 0007, which says what each is for. A test compares them.
SEPARATING = (
    r"\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7\u02b9-\u02c5\u02d2-\u02eb\u02ed"
    r"\u02ef-\u02ff\u0375\u03f6\u0482\u055a-\u055f\u0589-\u058f\u05be\u05c0\u05c3\u05c6\u05f3-\u060f\u061b-\u061f"
    r"\u066a-\u066d\u06d4\u06de\u06e9\u06fd\u06fe\u0700-\u070d\u07f6-\u07f9\u07fe\u07ff\u0830-\u083e\u085e\u0888"
    r"\u0964\u0965\u0970\u09f2\u09f3\u09fa\u09fb\u09fd\u0a76\u0af0\u0af1\u0b70\u0bf3-\u0bfa\u0c77\u0c7f\u0c84"
    r"\u0d4f\u0d79\u0df4\u0e3f\u0e4f\u0e5a\u0e5b\u0f01-\u0f17\u0f1a-\u0f1f\u0f34\u0f36\u0f38\u0f3a-\u0f3d\u0f85"
    r"\u0fbe-\u0fc5\u0fc7-\u0fda\u104a-\u104f\u109e\u109f\u10fb\u1360-\u1368\u1390-\u1399\u1400\u166d\u166e\u1680"
    r"\u169b\u169c\u16eb-\u16ed\u1735\u1736\u17d4-\u17d6\u17d8-\u17db\u1800-\u180a\u1940-\u1945\u19de-\u19ff\u1a1e"
    r"\u1a1f\u1aa0-\u1aa6\u1aa8-\u1aad\u1b5a-\u1b6a\u1b74-\u1b7e\u1bfc-\u1bff\u1c3b-\u1c3f\u1c7e\u1c7f"
    r"\u1cc0-\u1cc7\u1cd3\u2010-\u20c0\u2104-\u212e\u213a-\u214d\u214f\u218a-\u244a\u2500-\u2775\u2794-\u2bff"
    r"\u2ce5-\u2cea\u2cf9-\u2cfc\u2cfe\u2cff\u2d70\u2e00-\u2e2e\u2e30-\u3004\u3008-\u3020\u3030\u3037\u303d-\u303f"
    r"\u30a0\u30fb\u3190\u3191\u31c0-\u31e3\u327f\u4dc0-\u4dff\ua490-\ua4c6\ua4fe\ua4ff\ua60d-\ua60f\ua673\ua67e"
    r"\ua6f2-\ua716\ua720\ua721\ua789\ua78a\ua828-\ua82b\ua836-\ua839\ua874-\ua877\ua8ce\ua8cf\ua8f8-\ua8fa\ua8fc"
    r"\ua92e\ua92f\ua95f\ua9c1-\ua9cd\ua9de\ua9df\uaa5c-\uaa5f\uaa77-\uaa79\uaade\uaadf\uaaf0\uaaf1\uab5b\uab6a"
    r"\uab6b\uabeb\ue000-\uf8ff\ufbb2-\ufdff\ufe45\ufe46\ufffc\ufffd\U0001d000-\U0001d356\U0001f000-\U0001fbca"
    r"\U000f0000-\U0010ffff"
)
SILENT = (
    r"\u00ad\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u061c\u0640"
    r"\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
    r"\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff"
)
UNSPACED = (
    r"\u0e00-\u0e3e\u0e40-\u0e4e\u0e50-\u0eff\u1000-\u1049\u1050-\u109d\u1780-\u17d3\u17d7\u17dc-\u17f9"
    r"\u1950-\u19dd\u1a20-\u1a9f\u1b00-\u1b59\u3005-\u3007\u3021-\u302f\u3031-\u303c\u3041-\u309f\u30a1-\u30fa"
    r"\u30fc-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua980-\ua9c0\ua9e0-\ua9fe\uaa60-\uaa76"
    r"\uaa7a-\uaa7f\uf900-\ufaff\U00020000-\U0003ffff"
)
# Symbols of Latin-1 of which NFKD makes letters and digits, and the soft hyphen: they do not separate words.
NOT_SEPARATING = "ªº²³¹µ\u00ad"
SPELLED_OUT = str.maketrans(dict(zip("øłđħŧıςىیک", "oldhtiσييك", strict=True)) | {"ß": "ss", "æ": "ae", "œ": "oe"})
# A run of a script without spaces between words, or a word.
TOKEN = re.compile(rf"[{UNSPACED}]+|(?:[^{SEPARATING}{UNSPACED}]|[{NOT_SEPARATING}])+")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_SEPARATING = re.compile(f"[{SEPARATING}]+")
_SILENT = re.compile(f"[{SILENT}]+")
_SPACE_WITHOUT_WIDTH = re.compile(rf"(?<=[\u0600-\u08ff{UNSPACED}])[\u200b\u200c]")


def is_unspaced(token: str) -> bool:
    return _UNSPACED.match(token) is not None


def folded(token: str) -> str:
    """Returns the token as it is compared; it may consist of several words with spaces between them."""
    if token.isascii():
        return token.lower()
    split = _SPACE_WITHOUT_WIDTH.sub(" ", unicodedata.normalize("NFKD", token))
    lowered = unicodedata.normalize("NFC", _SILENT.sub("", split)).lower().translate(SPELLED_OUT)
    return _SEPARATING.sub(" ", lowered)


@lru_cache(10_000)
def folded_character(character: str) -> str:
    return folded(character)
