"""Tables for spreadsheets, as files and for the clipboard: no spreadsheet runs anything in them."""

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

from contracts.sheets import BEGINS_A_FORMULA


def table_to_paste(header: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """Returns the rows under a header line, with tabs between the cells, as spreadsheets take them from the
    clipboard."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t")
    writer.writerow(header)
    writer.writerows(map(_inert, row) for row in rows)
    return text.getvalue()


def csv_file(header: Iterable[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """Returns the rows under a header line, in UTF-8 with a byte order mark, by which spreadsheets recognise the
    encoding."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(map(_inert, header))
    writer.writerows(map(_inert, row) for row in rows)
    return file.getvalue().encode("utf-8-sig")


def _inert(value: Any) -> Any:
    """Puts an apostrophe before text that a spreadsheet would run as a formula. Numbers stay as they are, also negative
    ones."""
    return f"'{value}" if isinstance(value, str) and re.match(BEGINS_A_FORMULA, value) else value
