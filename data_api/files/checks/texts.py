"""Checks that a file is a text: characters only, and no script or web page."""

import codecs
import re
from typing import BinaryIO

from data_api.files.checks.refused import Refused
from data_api.files.kinds import CSV, TXT, Kind

PIECE = 256 * 1024
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
CONTROLS = re.compile(r"[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f]")
CONTROL_BYTES = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")
# How pages, pictures and scripts begin. Browsers look at no more than this when they guess a type. What was passed over
# is not tried in other ways (`*+`): for many comments there are so many ways that trying them all never ends.
BEGINS_AS_CODE = re.compile(
    r"\s*+(<!--.*?-->\s*+)*+(#!|<\?|<!doctype|<!entity|<(html|head|body|script|svg|iframe|title|style|meta|link|table|div|"
    r"img|object|embed|form|h[1-6]|a|p|br|b|font)\b|@echo\s|mime-version:|content-type:\s*(text/html|multipart))",
    re.IGNORECASE | re.DOTALL,
)


def check_text(file: BinaryIO, extension: str) -> Kind:
    """Returns the kind of the text, which its extension decides: there are texts of many kinds, and most of them are
    code. Raises Refused."""
    if extension and extension not in (*TXT.extensions, *CSV.extensions):
        raise Refused(f"a text has to be a .txt or .csv file, and this is .{extension}")
    file.seek(0)
    head = file.read(PIECE)
    encoding = next((name for bom, name in BOMS.items() if head.startswith(bom)), "utf-8")
    if not _is_encoded(file, encoding) and (encoding != "utf-8" or not _is_one_byte_each(file)):
        raise Refused("it is neither a text nor another kind of file that is taken")
    if BEGINS_AS_CODE.match(head.decode(encoding, "replace")[:4_096]):
        raise Refused("it is a script or a web page")
    return CSV if extension in CSV.extensions else TXT


def _is_encoded(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while piece := file.read(PIECE):
            if CONTROLS.search(decoder.decode(piece)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _is_one_byte_each(file: BinaryIO) -> bool:
    """Whether it is a text of an older program, in Latin-1 or one of its kin."""
    file.seek(0)
    while piece := file.read(PIECE):
        if CONTROL_BYTES.search(piece):
            return False
    return True
