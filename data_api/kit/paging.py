"""Keyset paging: a cursor holds the last row's sort values, so that the next page is found by an index."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, bindparam, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from contracts.base import MAX_ID
from contracts.moments import FIRST_SHOWN, LAST_SHOWN
from service_kit.errors import InvalidInput

Column = ColumnElement[Any] | InstrumentedAttribute[Any]
Columns = TypeVarTuple("Columns")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class OrNull:
    """Says that a value in a cursor may also be None."""

    wanted: type | range


CursorType = type | range | OrNull


def bad_cursor() -> InvalidInput:
    return InvalidInput.in_field("query.cursor", "is not a cursor of this list; start again without one")


def write_cursor(kind: str, values: Sequence[int | str | datetime | None]) -> str:
    """Returns a cursor with these values. `kind` names the list and its order, so that every other list refuses the
    cursor."""
    plain = [_microseconds(value) if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps([kind, *plain]).encode()).decode().rstrip("=")


def read_cursor(kind: str, cursor: str, types: Sequence[CursorType]) -> list[Any]:
    """Returns the values of a cursor, each checked for the type or range asked for. Raises InvalidInput (422) for
    anything else."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        found_kind, *values = json.loads(raw)
    except (ValueError, TypeError, RecursionError, binascii.Error) as error:
        raise bad_cursor() from error
    if found_kind != kind or len(values) != len(types):
        raise bad_cursor()
    return [_typed(value, wanted) for value, wanted in zip(values, types, strict=True)]


def _typed(value: Any, wanted: CursorType) -> Any:
    if isinstance(wanted, OrNull):
        return None if value is None else _typed(value, wanted.wanted)
    if isinstance(wanted, range):
        if type(value) is not int or value not in wanted:
            raise bad_cursor()
        return value
    if wanted is str and isinstance(value, str) and len(value) <= 200 and is_storable(value):
        return value
    if isinstance(value, bool) or not isinstance(value, int) or wanted is str:
        raise bad_cursor()
    if wanted is datetime:
        if not _microseconds(FIRST_SHOWN) <= value <= _microseconds(LAST_SHOWN):
            raise bad_cursor()
        return EPOCH + timedelta(microseconds=value)
    if not -MAX_ID <= value <= MAX_ID:
        raise bad_cursor()
    return value


def is_storable(text: str) -> bool:
    """Returns whether Postgres can store the text: it refuses NUL and unpaired surrogates, both of which JSON can
    express."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def in_order(
    query: Select[*Columns], columns: Sequence[Column], *, descending: bool, goes_on: bool
) -> Select[*Columns]:
    """Orders by the columns, all in one direction. With `goes_on`, only rows after the parameters of `position` are
    selected."""
    if goes_on:
        query = query.where(is_after(columns, after(columns), descending))
    return query.order_by(*ordered(columns, descending=descending))


def in_order_of_time(
    query: Select[*Columns],
    moment: InstrumentedAttribute[Any],
    id_: InstrumentedAttribute[Any],
    whose: ColumnElement[bool],
    *,
    descending: bool,
    goes_on: bool,
) -> Select[*Columns]:
    """Orders rows that never change by moment and id, restricted to the condition `whose`. With `goes_on`, the moment
    of the last row that was shown is looked up by its id, because it may be one that no cursor can hold. Where that row
    has been deleted, the cursor's moment is near enough."""
    if goes_on:
        at, number = after((moment, id_))
        said = select(moment).where(whose, id_ == number).correlate(None).scalar_subquery()
        there = [func.coalesce(said, at), number]
        query = query.where(is_after((moment, id_), there, descending))
    return query.where(whose).order_by(*ordered((moment, id_), descending=descending))


def ordered(columns: Sequence[Column], *, descending: bool) -> list[ColumnElement[Any]]:
    """Ascending orders have NULLs last and descending ones NULLs first, as indexes do."""
    return [column.desc() if descending else column.asc() for column in columns]


def is_after(columns: Sequence[Column], there: Sequence[Any], descending: bool) -> ColumnElement[bool]:
    here = tuple_(*columns)
    return here < tuple_(*there) if descending else here > tuple_(*there)


def after(columns: Sequence[Column]) -> list[ColumnElement[Any]]:
    """Returns the parameters that `position` fills, one for each column."""
    return [bindparam(f"after_{number}", type_=column.type) for number, column in enumerate(columns)]


def position(last: Sequence[Any]) -> dict[str, Any]:
    """Returns the sort values of the last row that was shown as parameters of `in_order`; empty for the first page."""
    return {f"after_{number}": value for number, value in enumerate(last)}
