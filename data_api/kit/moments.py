"""Moments that the database holds and nobody can compute with: the year 1, 9999, `infinity`. They come from old imports
and from SQL written by hand, and nothing fails for them: they are read as the nearest moment that can be shown, and
what is counted or put in order goes by `has_happened` and `is_credible`."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Loader
from sqlalchemy import ColumnElement, DateTime, Engine, SQLColumnExpression, and_, bindparam, event, literal

from contracts.moments import EARLIEST, FIRST_SHOWN, LAST_SHOWN, shown

# What was reported this moment by a machine whose clock is a little ahead has happened.
CLOCKS_DIFFER = timedelta(minutes=1)
NOW = bindparam("now", type_=DateTime(timezone=True))
OID = psycopg.postgres.types["timestamptz"].oid
_USUAL = psycopg.adapters.get_loader(OID, psycopg.pq.Format.TEXT)


class ShownMomentLoader(Loader):
    """Reads what the usual loader refuses: years beyond Python's calendar, and both infinities."""

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
    """On every connection of this engine."""

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _: Any) -> None:
        read_moments(connection)


def read_moments(connection: psycopg.Connection[Any]) -> None:
    """On this one."""
    connection.adapters.register_loader(OID, ShownMomentLoader)


def now() -> dict[str, datetime]:
    """The value that `has_happened` asks for."""
    return {"now": datetime.now(UTC) + CLOCKS_DIFFER}


def has_happened(moment: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    return moment <= NOW


def is_credible(moment: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Has happened, and not before there were helpdesks. One range of an index on it."""
    return and_(moment >= literal(EARLIEST, DateTime(timezone=True)), has_happened(moment))
