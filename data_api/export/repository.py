"""The queries of an export: which tickets, and their rows. All of them see the database as it is at one moment."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, DateTime, Select, case, func, literal, literal_column, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import InstrumentedAttribute, Session

from contracts.moments import FIRST_SHOWN, LAST_SHOWN
from data_api.access.actor import Actor
from data_api.access.reading import ME
from data_api.export.columns import Column
from data_api.kit.database import Database
from data_api.models import Ticket
from data_api.tickets.list_repository import TicketListRepository

# Finding a million tickets and sorting them takes longer than any answer may take to another request.
FOR_LONG_LISTS = ("SET LOCAL statement_timeout = '60s'", "SET LOCAL work_mem = '64MB'")
# Where the ids go in the text of the statement for rows.
_MARK = "@ids"
_ASKED = (
    func.unnest(literal_column(f"'{_MARK}'::bigint[]"))
    .table_valued("id", with_ordinality="place")
    .render_derived("asked_ticket")
)
_FIRST, _LAST = (literal(moment, DateTime(timezone=True)) for moment in (FIRST_SHOWN, LAST_SHOWN))


class ExportRepository:
    """Uses no connection of the request: an export takes minutes, and the request ends before."""

    def __init__(self, database: Database, campus_zone: ZoneInfo) -> None:
        self._database = database
        self._zone = campus_zone

    @contextmanager
    def moment(self) -> Iterator["Moment"]:
        """Gives the database as it is now, for as long as the block runs."""
        with self._database.engine.connect() as connection:
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            for setting in FOR_LONG_LISTS:
                connection.execute(text(setting))
            with Session(connection) as session:
                snapshot = session.execute(select(func.pg_export_snapshot())).scalar_one()
                yield Moment(snapshot, TicketListRepository(session, self._database.counting, self._zone))


class Moment(NamedTuple):
    """`snapshot` is a name by which other connections see what this one sees."""

    snapshot: str
    lists: TicketListRepository


def rows_statement(columns: Sequence[Column], actor: Actor, zone: ZoneInfo | None) -> str:
    """Returns the text of the statement for the rows of the tickets that `with_ids` puts into it, in their order.
    Moments are whole seconds of this zone, or UTC's microseconds without one. It holds nothing that anybody typed, and
    no parameters, which rows in Arrow do not take."""
    values: list[Any] = [_written(column, zone).label(column.read.name) for column in columns]
    statement: Select[Any] = select(*values).select_from(_ASKED).join(Ticket, Ticket.id == _ASKED.c.id)
    for join in dict.fromkeys(column.join for column in columns if column.join is not None):
        statement = statement.join(join.table, join.condition, isouter=join.is_optional)
    statement = statement.order_by(_ASKED.c.place).params({ME.key: actor.person_id})
    # Of the styles for parameters, this one leaves percent signs alone.
    dialect = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
    return str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


def with_ids(statement: str, ids: Sequence[int]) -> str:
    return statement.replace(_MARK, f"{{{','.join(map(str, ids))}}}")


def _written(column: Column, zone: ZoneInfo | None) -> ColumnElement[Any] | InstrumentedAttribute[Any]:
    if not column.is_moment:
        return column.value
    moment = func.least(func.greatest(column.value, _FIRST), _LAST)
    shown = func.date_trunc("second", func.timezone(zone.key, moment)) if zone else moment
    return case((column.value.is_not(None), shown))  # the greatest of nothing and a moment is that moment
