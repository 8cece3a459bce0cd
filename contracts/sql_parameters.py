"""Finds the parameters of a statement, and the defaults that its comments declare.

`$name` is a parameter outside strings, quoted names and comments. A comment `-- $days = 30` at the end of a line, or on
a line of its own, declares a default.
"""

import re
from collections.abc import Iterator
from datetime import date

from contracts.queries import ParameterKind, kind_of
from contracts.sql import SqlDate, Value

# In the order in which they are tried: DuckDB reads a text in the same pieces.
PIECE = re.compile(
    r"""
    [eE]'(?:[^'\\]|\\.|'')*(?:'|\Z)                         # a string with escapes
    | '[^']*(?:'|\Z)                                        # a string; a doubled quote begins the next piece
    | "[^"]*(?:"|\Z)                                        # a quoted name
    | --(?P<comment>[^\r\n]*)
    | (?P<block>/\*)
    | (?P<tag>\$(?:[^\W\d]\w*)?\$)(?:.*?(?P=tag)|.*\Z)      # a dollar-quoted string
    | \$(?P<name>[^\W\d]\w*)
    | [^\W\d][\w$]*                                         # a name or keyword, which may contain a dollar sign
    """,
    re.VERBOSE | re.DOTALL,
)
BLOCK = re.compile(r"/\*|\*/")
USABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
DECLARED = re.compile(r"\s*\$([A-Za-z_][A-Za-z0-9_]*)\s*=(.*)")
NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?")
YES_NO = {"true": True, "yes": True, "false": False, "no": False}


def parameters_in(sql: str) -> list[str]:
    """Returns the names of the parameters, each once and in the order of the text. Upper and lower case are the same to
    DuckDB, so the first spelling counts. A name that no value can be sent for is left out, and DuckDB says that its
    value is missing."""
    found: dict[str, str] = {}
    for piece in _pieces(sql):
        if (name := piece["name"]) and USABLE.fullmatch(name):
            found.setdefault(name.lower(), name)
    return list(found.values())


def defaults_in(sql: str) -> dict[str, str | bool | int | float]:
    """Returns the declared defaults by the parameters' names in lower case. A default in quotes is a text."""
    declared = (DECLARED.fullmatch(piece["comment"]) for piece in _pieces(sql) if piece["comment"])
    return {match[1].lower(): _value(match[2].strip()) for match in declared if match and match[2].strip()}


def declared_values(sql: str) -> dict[str, Value]:
    """Returns the declared defaults of the statement's parameters, as they are sent."""
    declared = defaults_in(sql)
    return {name: _sent(declared[name.lower()]) for name in parameters_in(sql) if name.lower() in declared}


def _sent(default: str | bool | int | float) -> Value:
    is_date = isinstance(default, str) and kind_of(default) is ParameterKind.DATE
    return SqlDate(date=date.fromisoformat(str(default))) if is_date else default


def _value(written: str) -> str | bool | int | float:
    if len(written) > 1 and written[0] == written[-1] == "'":
        return written[1:-1].replace("''", "'")
    if written.lower() in YES_NO:
        return YES_NO[written.lower()]
    if NUMBER.fullmatch(written):
        return float(written) if "." in written else int(written)
    return written


def _pieces(sql: str) -> Iterator[re.Match[str]]:
    position = 0
    while piece := PIECE.search(sql, position):
        position = _end_of_block(sql, piece.end()) if piece["block"] else piece.end()
        yield piece


def _end_of_block(sql: str, position: int) -> int:
    """Returns where a block comment ends that begins before `position`. Block comments may contain others."""
    depth = 1
    while depth:
        mark = BLOCK.search(sql, position)
        if mark is None:
            return len(sql)
        depth += 1 if mark[0] == "/*" else -1
        position = mark.end()
    return position
