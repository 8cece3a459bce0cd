"""What a file is, by its content."""

import os
from collections.abc import Callable
from typing import BinaryIO, NamedTuple

from data_api.files.checks.archives import check_archive, is_also_zip
from data_api.files.checks.libmagic import FIRST_BYTES, UNKNOWN
from data_api.files.checks.pictures import has_heic_brand, thumbnail_of
from data_api.files.checks.refused import Refused
from data_api.files.checks.texts import check_text
from data_api.files.checks.videos import check_video
from data_api.files.kinds import (
    CSV,
    DOCX,
    GIF,
    HEIC,
    JPEG,
    MP4,
    ODS,
    ODT,
    PDF,
    PNG,
    PPTX,
    TXT,
    WEBP,
    XLSX,
    ZIP,
    Kind,
    listed,
)

NOT_TAKEN = f"files of this kind are not taken; taken are {listed()}"
PICTURES = {"image/jpeg": JPEG, "image/png": PNG, "image/gif": GIF, "image/webp": WEBP, "image/heic": HEIC}
# What libmagic may call what begins as a zip does. Others, such as Java archives, are programs.
ZIPS = {kind.type for kind in (ZIP, DOCX, XLSX, PPTX, ODT, ODS)} | {"application/octet-stream"}
VIDEOS = {"video/mp4", "video/x-m4v"}
# Data in a text's form, which libmagic knows by name.
TEXTS = {"application/json", "application/x-ndjson", "application/csv", "application/x-wine-extension-ini"}
CODE_IN_TEXT = {
    *("text/html", "text/xml", "image/svg+xml", "text/javascript", "text/rtf", "text/x-shellscript", "text/x-php"),
    *("text/x-msdos-batch", "text/x-perl", "text/x-tcl", "text/x-lua", "text/x-awk", "text/calendar", "text/vcard"),
}
PDF_ENDS_WITHIN = 64 * 1024


class Found(NamedTuple):
    """The kind of a file, and its thumbnail if it is a picture."""

    kind: Kind
    thumbnail: bytes | None = None


def check_content(file: BinaryIO, extension: str, type_of: Callable[[bytes], str]) -> Found:
    """Returns what the file is. `extension` is that of its name. Raises Refused."""
    size = os.fstat(file.fileno()).st_size
    head = file.read(FIRST_BYTES)
    if not head:
        raise Refused("it is empty")
    told = "image/heic" if has_heic_brand(head) else type_of(head)
    if head.startswith(b"PK\x03\x04"):
        if told not in ZIPS:
            raise Refused("it is a package or a program")
        return Found(check_archive(file, type_of))
    found = _check_plain(file, head, size, told, extension)
    if is_also_zip(file):
        raise Refused("it is two kinds of file at once")
    return found


def _check_plain(file: BinaryIO, head: bytes, size: int, told: str, extension: str) -> Found:
    if told in PICTURES:
        return Found(PICTURES[told], thumbnail_of(file, PICTURES[told]))
    if told == PDF.type and head.startswith(b"%PDF-"):
        file.seek(max(0, size - PDF_ENDS_WITHIN))
        if b"%%EOF" not in file.read():
            raise Refused("the PDF is damaged or cut short")
        return Found(PDF)
    if told in VIDEOS:
        check_video(file, size)
        return Found(MP4)
    if told in CODE_IN_TEXT:
        raise Refused("it is a script, a web page or a drawing that can hold scripts")
    # Of a very short text, or one in an old encoding, libmagic does not say that it is one.
    may_be_text = told == UNKNOWN and extension in (*TXT.extensions, *CSV.extensions)
    if may_be_text or told.startswith("text/") or told in TEXTS:
        return Found(check_text(file, extension))
    raise Refused(NOT_TAKEN)
