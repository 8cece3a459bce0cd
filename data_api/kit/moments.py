"""Handles moments in the database that nobody can compute with: the year 1, 9999, `infinity`.

They come from old imports and from SQL written by hand, and must not make anything fail (ADR 26). They are read as the
nearest moment that can be shown; counts and orders use `has_happened` and `is_credible`.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Loader
from sqlalchemy import ColumnElement, DateTime, Engine, SQLColumnExpression, and_, bindparam, event, literal

from contracts.moments import EARLIEST, FIRST_SHOWN, LAST_SHOWN, shown

# Machines' clocks differ: what a machine whose clock is a little ahead reports now still counts as past.
CLOCKS_DIFFER = timedelta(minutes=1)
NOW = bindparam("now", type_=DateTime(timezone=True))
OID = psycopg.postgres.types["timestamptz"].oid
_USUAL = psycopg.adapters.get_loader(OID, psycopg.pq.Format.TEXT)


class ShownMomentLoader(Loader):
    """Also reads what psycopg's own loader refuses: years beyond Python's calendar, and both infinities."""

    def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
        super().__init__(oid, context)
        assert _USUAL is not None
        self._usual = _USUAL(oid, context)

    def load(self, data: Buffer) -> datetime:
        try:
            return shown(self._usual.load(data))
        except psycopg.DataError:
            told = bytes(data)
            return FIRST_SHOWN if told.startswith(b"-") or told.endswith(b"BC") else LAST_SHOWN


def read_all_moments(engine: Engine) -> None:
    """Registers the loader on every connection of this engine."""

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _: Any) -> None:
        read_moments(connection)


def read_moments(connection: psycopg.Connection[Any]) -> None:
    """Registers the loader on this connection."""
    connection.adapters.register_loader(OID, ShownMomentLoader)


def now() -> dict[str, datetime]:
    """Returns the value of the parameter that `has_happened` compares with."""
    return {"now": datetime.now(UTC) + CLOCKS_DIFFER}


def has_happened(moment: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    return moment <= NOW


def is_credible(moment: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Returns the condition that the moment is not before EARLIEST and has happened. It is a single range of an index
    on it."""
    return and_(moment >= literal(EARLIEST, DateTime(timezone=True)), has_happened(moment))
