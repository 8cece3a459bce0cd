"""Names of uploaded files: made harmless when they arrive, and written into a header when they leave."""

import re
import unicodedata
from urllib.parse import quote

from contracts.base import composed
from data_api.files.kinds import Kind, extension_of

MOST_BYTES = 255  # what file systems take
# Control characters, what cannot be seen or turns the direction of the text, surrogates, and line breaks.
UNWANTED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# What Windows refuses in a name, or shells and web pages read as something else.
DECEPTIVE = re.compile(r'[<>:"|?*\\/%]')
RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
UNNAMED = "file"


def safe_name(given: str, kind: Kind) -> str:
    """Returns the name under which a file of this kind is kept: without folders, at most MOST_BYTES bytes long in
    UTF-8, and with an extension of its kind at its end."""
    last = re.split(r"[/\\]", composed(given))[-1]
    plain = "".join(one for one in last if unicodedata.category(one) not in UNWANTED)
    stem, _, extension = " ".join(DECEPTIVE.sub("_", plain).split()).rpartition(".")
    if extension.lower() not in kind.extensions:
        stem, extension = f"{stem}.{extension}", kind.extensions[0]
    stem = stem.strip(". ") or UNNAMED
    if RESERVED.fullmatch(stem):
        stem = f"_{stem}"
    room = MOST_BYTES - len(extension) - 1
    shortened = stem.encode()[:room].decode(errors="ignore").rstrip(". ")
    return f"{shortened}.{extension}"


def content_disposition(name: str) -> str:
    """Returns the header that makes a browser save the file under this name (RFC 6266 and 5987)."""
    in_ascii = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9 ._()+-]", "_", in_ascii).strip()
    if not extension_of(plain) or plain.startswith("."):
        plain = f"{UNNAMED}.{extension_of(name)}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
