"""Reads the board. Each column is a list of tickets that is filtered by its stage, so everything that finds, hides and
counts the tickets of a list does so here too."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from contracts.board import BoardColumn, BoardQuery, BoardRead, ColumnQuery
from contracts.tickets import Status, TicketQuery, TicketSort
from data_api.access.actor import Actor
from data_api.board.presenter import board_ticket
from data_api.board.repository import BoardRepository, BoardRow
from data_api.kit.paging import read_cursor, write_cursor
from data_api.lists.errors import NotInList
from data_api.models import Stage
from data_api.tickets.asker import Asker
from data_api.tickets.filters import MOST_URGENT, ORDERS, Order
from data_api.tickets.list_repository import Count, Position, TicketListRepository

# A column is counted up to here: the whole board is asked for again after every change of a ticket.
MOST_COUNTED = 1_000


class Column(NamedTuple):
    """`found`: one position more than are shown, if the column goes on."""

    stage: Stage
    found: Sequence[Position]
    counted: Count


class BoardService:
    """The board as one actor sees it."""

    def __init__(
        self, actor: Actor, repository: BoardRepository, lists: TicketListRepository, reopen_days: int
    ) -> None:
        self.actor = actor
        self.repository = repository
        self.lists = lists
        self.reopen_days = reopen_days

    def board(self, query: BoardQuery) -> BoardRead:
        asker = self.lists.asker(self.actor)
        stages = [stage for stage in asker.lookups.stages if _is_asked_for(stage, query)]
        # Closed tickets have another order, and a search looks at each column in its own way.
        together = [stage for stage in stages if stage.status != Status.CLOSED and not query.q]
        columns = self._together(asker, together, query) if together else []
        columns += [self._alone(asker, stage, query) for stage in stages if stage not in together]
        return BoardRead(columns=self._read(columns, query.limit))

    def column(self, slug: str, query: ColumnQuery) -> BoardColumn:
        """Returns one column, from the query's cursor on. The count is made on its first page and carried in the
        cursor. Raises NotInList."""
        asker = self.lists.asker(self.actor)
        stage = next((one for one in asker.lookups.stages if one.slug == slug), None)
        if stage is None:
            raise NotInList.named("stage", slug)
        after, count = [], None
        if query.cursor:
            types = (*_order_of(stage).types, range(MOST_COUNTED + 1), range(2))
            *after, total, is_capped = read_cursor(_kind(stage), query.cursor, types)
            count = Count(total, bool(is_capped))
        (read,) = self._read([self._alone(asker, stage, query, after, count)], query.limit)
        return read

    def _together(self, asker: Asker, stages: Sequence[Stage], query: BoardQuery) -> list[Column]:
        """Returns the columns of several stages of tickets that are not closed, by one statement that finds and one
        that counts."""
        statuses = [status for status in Status if status is not Status.CLOSED]
        asked = self.lists.asked_by(asker, _as_list(query, status=statuses), [], MOST_URGENT)
        # No ticket that is not closed was closed last month, for example: then there is nothing to look for.
        found = (
            asked.positions_by_stage([stage.id for stage in stages]) if asked.shape.statuses else [[] for _ in stages]
        )
        long = {stage.id: len(some) for stage, some in zip(stages, found, strict=True) if len(some) > query.limit}
        counts = (
            dict(zip(long, asked.counts_by_stage([*long], [*long.values()], MOST_COUNTED), strict=True)) if long else {}
        )
        return [
            Column(stage, some, counts.get(stage.id, Count(len(some), False)))
            for stage, some in zip(stages, found, strict=True)
        ]

    def _alone(
        self,
        asker: Asker,
        stage: Stage,
        query: BoardQuery,
        after: Sequence[Any] = (),
        count: Count | None = None,
    ) -> Column:
        asked = self.lists.asked_by(asker, _as_list(query, stage=[stage.slug]), after, _order_of(stage))
        found = asked.positions() if asked.shape.statuses and _is_asked_for(stage, query) else []
        if count is None:
            count = asked.count(len(found), MOST_COUNTED) if len(found) > query.limit else Count(len(found), False)
        return Column(stage, found, count)

    def _read(self, columns: Sequence[Column], limit: int) -> list[BoardColumn]:
        """Reads the tickets of all columns at once."""
        ids = [position[-1] for column in columns for position in column.found[:limit]]
        rows = self.repository.rows(self.actor, ids) if ids else {}
        now = datetime.now(UTC)
        return [self._column_read(column, rows, now, limit) for column in columns]

    def _column_read(self, column: Column, rows: Mapping[int, BoardRow], now: datetime, limit: int) -> BoardColumn:
        """A ticket that has moved to another stage since it was found is left out, so that none is in two columns."""
        stage, count, shown = column.stage, column.counted, column.found[:limit]
        cursor = [*shown[-1], count.total, int(count.is_capped)] if len(column.found) > limit else None
        found = [rows[position[-1]] for position in shown if position[-1] in rows]
        here = [row for row in found if row.stage_id == stage.id]
        return BoardColumn(
            stage=stage.slug,
            name=stage.name,
            status=Status(stage.status),
            limit=stage.wip_limit,
            count=count.total,
            count_capped=count.is_capped,
            tickets=[board_ticket(row, stage.slug, self.actor, now, self.reopen_days) for row in here],
            next_cursor=write_cursor(_kind(stage), cursor) if cursor else None,
        )


def _is_asked_for(stage: Stage, query: BoardQuery) -> bool:
    return (not query.status or stage.status in query.status) and (not query.stage or stage.slug in query.stage)


def _as_list(query: BoardQuery, **of: Sequence[str]) -> TicketQuery:
    """Returns the query of a list with the board's other filters. `of`: its statuses or stages."""
    values = {name: getattr(query, name) for name in BoardQuery.model_fields} | {"status": [], "stage": []}
    return TicketQuery.model_construct(**values | of)


def _order_of(stage: Stage) -> Order:
    return ORDERS[TicketSort.CLOSED_LAST] if stage.status == Status.CLOSED else MOST_URGENT


def _kind(stage: Stage) -> str:
    """Names the column in its cursors."""
    return f"board {stage.slug}"
