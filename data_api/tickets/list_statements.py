"""The statements that find the tickets of a list. Each is built once for all lists of one shape."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.selectable import FromClause

from contracts.tickets import Status
from data_api.access.reading import Reads, hidden_from, readable_by
from data_api.kit.moments import is_credible
from data_api.kit.paging import Column, after, in_order, is_after, ordered
from data_api.models import Ticket, TicketTag
from data_api.tickets.fields import IS_CHANGED_LATE, IS_OUT_OF_ORDER
from data_api.tickets.filters import (
    LOOKED_UP,
    Form,
    Order,
    bounds_of,
    conditions,
    conditions_on,
    holds,
    late_bounds_of,
    search_condition,
    was_called,
)
from data_api.tickets.rows import ROWS

Statement = Select[*tuple[Any, ...]]
SHAPES = 500  # how many are cached: filters can be combined in more ways than anyone uses
COUNTED = bindparam("counted", type_=Integer)
WALKED = bindparam("walked", type_=Integer)
CALLED = bindparam("called", type_=ARRAY(BigInteger))
CHOSEN = bindparam("chosen", type_=ARRAY(BigInteger))
SEARCHED = (Ticket.search, Ticket.source_id)
# What walking along an order passes over quickly.
COMMON = frozenset({"live", "status"})
# The stages of a statement for several columns of the board. The text refers to one of them from inside a subquery:
# a column object would be taken for another table to select from.
_UNNESTED = func.unnest(bindparam("stages", type_=ARRAY(BigInteger)))
STAGES = _UNNESTED.table_valued("id", with_ordinality="place").render_derived("asked_stage")
IS_IN_STAGE = Ticket.stage_id == literal_column("asked_stage.id", BigInteger)


class Shape(NamedTuple):
    """What a list's statements depend on: who reads, which filters, the search, the order, and whether there is a
    cursor. `statuses`: those that the filters can match. `search`: which kinds of search there are. `leaves_out`: the
    tickets `called` are left out, because they are shown first. `goes_on`: there is a cursor. `is_null`: the cursor's
    ticket has NULL in the order's first column. `is_behind`: the cursor's ticket has a moment that is not credible, so
    that it comes last. `is_for_stages`: the statement finds or counts the tickets of each of the `stages`.
    `is_of_chosen`: of the list, only the tickets that are `chosen`."""

    reads: Reads
    statuses: frozenset[Status]
    form: Form
    search: frozenset[str]
    leaves_out: bool
    order: Order
    goes_on: bool
    is_null: bool
    is_behind: bool
    is_for_stages: bool = False
    is_of_chosen: bool = False

    @property
    def may_have_values(self) -> bool:
        """Whether tickets with a value in the order's first column may follow."""
        valued = self.order.valued
        return not (self.is_null or self.is_behind or (valued is not None and not self.statuses & valued))

    @property
    def is_by_tag(self) -> bool:
        """Whether there is an index on the tag in this order."""
        return ("tag", True) in self.form and self.order.columns[0] is Ticket.opened_at

    @property
    def looked_up(self) -> Form:
        return tuple(part for part in self.form if part[0] in LOOKED_UP)

    @property
    def is_by_room(self) -> bool:
        """Whether the index on rooms has all that the statement looks at."""
        return self.looked_up == (("room", True),)

    @property
    def is_looked_up(self) -> bool:
        """Whether the list is filtered by what an index has without an order, and by hardly anything else."""
        if not self.looked_up or self.is_by_tag or not {name for name, _ in self.form} <= LOOKED_UP | COMMON:
            return False
        return self.reads is Reads.EVERYTHING or hidden_from(self.reads, self.statuses) is not None


@lru_cache(SHAPES)
def page_statement(shape: Shape) -> Statement:
    """Selects the sort values of each ticket, the last of which is the id, in order. Tickets dated in the future, or
    too far back to be true, come last in every order: otherwise they would be at the head of the queue for decades, or
    need a cursor that cannot hold their moment. Each of the two parts is an index scan; the second one is mostly
    empty."""
    if shape.is_behind:
        return _last_ones(shape)
    first = [_tagged(shape)] if shape.is_by_tag else _walks(_matching(shape), shape, ROWS)
    return _one_after_the_other([*first, _last_ones(shape)], shape.order).limit(ROWS)


@lru_cache(SHAPES)
def columns_statement(shape: Shape) -> Statement:
    """Selects what `page_statement` selects for each of the `stages`, after the stage's place among them. The order's
    first column must not be one that may be NULL."""
    shape = shape._replace(is_for_stages=True)
    part, *columns = _parts([*_walks(_matching(shape), shape, ROWS), _last_ones(shape)]).c
    page = select(part, *columns).order_by(part, *_in_order(columns, shape.order)).limit(ROWS).lateral("page")
    part, *columns = page.c
    found = select(STAGES.c.place, *columns).select_from(STAGES.join(page, true()))
    return found.order_by(STAGES.c.place, part, *_in_order(columns, shape.order))


@lru_cache(SHAPES)
def column_counts_statement(shape: Shape) -> Select[int]:
    """Counts the tickets of each of the `stages`, in their order. The tickets that are hidden are found only once."""
    counted = count_statement(shape._replace(is_for_stages=True))
    return select(counted.scalar_subquery()).select_from(STAGES).order_by(STAGES.c.place)


@lru_cache(SHAPES)
def valued_statement(shape: Shape) -> Statement:
    """Selects like `page_statement`, but only the tickets with a value in the order's first column. Looking for those
    without one would cost each page as much again, and mostly for nothing."""
    found = _matching(shape).where(shape.order.columns[0].is_not(None))
    return _with_value(found, shape, ROWS)


@lru_cache(SHAPES)
def called_statement(shape: Shape) -> Statement:
    """Selects the ticket with the number that was typed, and those that had it before an import."""
    by_name = was_called(Ticket.source_id, bindparam("typed", type_=String), exactly=True)
    has_number = Ticket.id == bindparam("number", type_=BigInteger)
    found = _matching(shape)
    if "number" in shape.search:
        found = found.where(or_(has_number, by_name)).order_by(has_number.desc())
    else:
        found = found.where(by_name)
    return found.order_by(Ticket.id.desc()).limit(ROWS)


@lru_cache(SHAPES)
def near_statement(shape: Shape) -> Statement:
    """Searches the first few thousand tickets in the list's order, where a common word is found."""
    near = _near(shape, *SEARCHED)
    return _of_near(shape, near, search_condition(shape.search, near.c))


@lru_cache(SHAPES)
def near_filtered_statement(shape: Shape) -> Statement:
    """Applies the filters that are looked up to the first few thousand tickets in the list's order, where what is
    common is found."""
    others = tuple(part for part in shape.form if part not in shape.looked_up)
    near = _near(shape._replace(form=others), Ticket.room)
    return _of_near(shape, near, *conditions_on(near.c, shape.looked_up))


def _of_near(shape: Shape, near: Subquery, *wanted: ColumnElement[bool]) -> Statement:
    columns = _columns(shape.order, near)
    return select(*columns).where(*wanted).order_by(*_in_order(columns, shape.order)).limit(ROWS)


@lru_cache(SHAPES)
def frequency_statement(shape: Shape, words: int) -> Statement:
    """Counts how many of the tickets that `near_statement` searches contain each word: `word_0`, `word_1`, …"""
    near = _near(shape, *SEARCHED)
    return select(*(func.count().filter(holds(near.c.search, f"word_{number}")) for number in range(words)))


@lru_cache(SHAPES)
def rare_statement(shape: Shape, *, by_one_word: bool) -> Statement:
    """Searches by the index on words. For several words, the index reads its whole entry of each, so that it may be
    faster to look up only `rarest` in the index and to check the tickets found for the other words."""
    looked_up = search_condition(shape.search, Ticket, "rarest" if by_one_word else "terms")
    matching = _matching(shape).where(looked_up)
    rare = _whole(matching.add_columns(*SEARCHED) if by_one_word else matching)
    wanted = [search_condition(shape.search, rare.c)] if by_one_word else []
    return _sorted_whole(shape, rare, *wanted)


@lru_cache(SHAPES)
def looked_up_statement(shape: Shape) -> Statement:
    """Finds the tickets by the indexes of the filters that are looked up."""
    return _sorted_whole(shape, _whole(_matching(shape, reads_from_index=shape.is_by_room)))


@lru_cache(SHAPES)
def in_room_statement(shape: Shape) -> Select[int]:
    """Counts the tickets in the room, readable or not, up to one more than are looked through otherwise."""
    in_room = select(Ticket.id).where(*conditions(shape.looked_up)).limit(WALKED + 1)
    return select(func.count()).select_from(in_room.subquery())


def _whole(matching: Statement) -> Subquery:
    """OFFSET 0 keeps the planner from scanning the list's order instead, which it would do for what it wrongly takes to
    be common."""
    return matching.offset(0).subquery()


def _sorted_whole(shape: Shape, whole: Subquery, *wanted: ColumnElement[bool]) -> Statement:
    """Sorts all tickets that were found. Each row also holds how many there are from here on, because all of them are
    read anyway."""
    columns = _columns(shape.order, whole)
    is_last = _is_last(columns)
    placed = _placed(columns, is_last, shape.order)
    found = select(func.count().over(), *placed).where(*wanted)
    if shape.goes_on:
        follows = _follows(placed, after(columns), shape)
        found = found.where(and_(is_last, follows) if shape.is_behind else or_(is_last, follows))
    return found.order_by(is_last, *_in_order(placed, shape.order)).limit(ROWS)


def _is_last(columns: Sequence[ColumnElement[Any]]) -> ColumnElement[bool]:
    return and_(columns[-2].is_not(None), ~is_credible(columns[-2]))


def _placed(
    columns: Sequence[ColumnElement[Any]], is_last: ColumnElement[bool], order: Order
) -> list[ColumnElement[Any]]:
    return [*columns[:-2], case((is_last, _end(order)), else_=columns[-2]), columns[-1]]


@lru_cache(SHAPES)
def count_statement(shape: Shape, *, counts_few: bool = False) -> Select[int]:
    """`counts_few`: the count stops at about a thousand."""
    counted = _countable(shape._replace(leaves_out=False), counts_few=counts_few)
    if shape.search:
        counted = counted.where(search_condition(shape.search, Ticket))
    return select(func.count()).select_from(counted.limit(COUNTED).subquery())


@lru_cache(SHAPES)
def whole_statement(shape: Shape) -> Select[list[int]]:
    """Selects the ids of all tickets of the list in its order, as one array: a row for each would take ten times as
    much time and memory."""
    matching = _matching(shape)
    if shape.search:
        matching = matching.where(search_condition(shape.search, Ticket))
    whole = _whole(matching)
    columns = _columns(shape.order, whole)
    is_last = _is_last(columns)
    placed = _placed(columns, is_last, shape.order)
    found = select(columns[-1]).order_by(is_last, *_in_order(placed, shape.order)).subquery()
    return select(func.array_agg(found.c[0]))


def _near(shape: Shape, *also: Any) -> Subquery:
    """Selects the first few thousand tickets in the list's order, with these columns too."""
    walks = _walks(_matching(shape).add_columns(*also), shape, WALKED)
    return (walks[0] if len(walks) == 1 else _one_after_the_other(walks, shape.order).limit(WALKED)).subquery()


def _walks(found: Statement, shape: Shape, most: ColumnElement[int]) -> list[Statement]:
    """Returns the statements that select the first tickets in the list's order, without those that come last. An index
    has NULLs at one end only. An order that may have NULLs therefore gets a second statement, whose tickets come after
    all others in both directions. Where the filters leave no ticket with a value, or none without one, there is only
    one statement: the other would go through its whole index to find nothing."""
    order = shape.order
    if not order.may_be_null:
        return [_with_value(found, shape, most)]
    without = _without_value(found, shape).limit(most)
    if not shape.may_have_values:
        return [without]
    walked = _with_value(found.where(order.columns[0].is_not(None)), shape, most)
    return [walked] if order.valued is not None and shape.statuses <= order.valued else [walked, without]


def _with_value(found: Statement, shape: Shape, most: ColumnElement[int]) -> Statement:
    """Selects the tickets with a value in the order's first column, in order. A filter by one moment, in an order by
    another, would go through all tickets that have the one and not the other: of those changed before last year, the
    newest come after all that were opened since. So the filter is made a bound of the order's moment too, and the few
    tickets whose moments are not in order are looked for separately; OFFSET 0 keeps the planner from walking for them.
    Those that were closed before last year stand, in the orders by change and last word, where those stand that were
    closed at that time, and only the few that were changed long after their closing stand elsewhere."""
    order = shape.order
    bounds = bounds_of(shape.form, order) if order.is_by_moment else []
    late_bounds = late_bounds_of(shape.form, order) if order.is_by_moment else []
    if not bounds and not late_bounds:
        return _sorted(found, order.columns, shape).limit(most)
    usual = found.where(IS_OUT_OF_ORDER.is_not(True), *bounds)
    parts = [_all_sorted(found.where(IS_OUT_OF_ORDER), shape)]
    if late_bounds:
        late, usual = usual.where(IS_CHANGED_LATE), usual.where(IS_CHANGED_LATE.is_not(True), *late_bounds)
        has_index = order.columns[0] is Ticket.modified_at
        parts.append(_sorted(late, order.columns, shape) if has_index else _all_sorted(late, shape))
    parts.append(_sorted(usual, order.columns, shape))
    both = union_all(*(select(*part.limit(most).subquery().c) for part in parts)).subquery()
    return select(*both.c).order_by(*_in_order(_columns(order, both), order)).limit(most)


def _all_sorted(found: Statement, shape: Shape) -> Statement:
    all_of_them = found.offset(0).subquery()
    return _sorted(select(*all_of_them.c), _columns(shape.order, all_of_them), shape)


def _without_value(found: Statement, shape: Shape) -> Statement:
    """Selects the tickets with NULL in the order's first column, in the order of the others."""
    columns, order = shape.order.columns, shape.order
    if order.valued is not None:
        # The status says the same, and the planner knows of it how many tickets there are.
        is_without, others = Ticket.status.not_in(order.valued), columns[1:]
    else:
        is_without, others = columns[0].is_(None), columns
    without = found.where(is_without)
    if not order.is_by_moment:
        without = without.where(is_credible(columns[-2]))
    if shape.is_null:
        without = without.where(is_after(columns[1:], after(columns)[1:], order.is_descending))
    return without.order_by(*ordered(others, descending=order.is_descending))


def _parts(walks: Sequence[Statement]) -> Subquery:
    """Returns the rows of all statements; the first column is the number of the statement that a row is from."""
    return union_all(
        *(select(literal(part).label("part"), *found.subquery().c) for part, found in enumerate(walks))
    ).subquery()


def _one_after_the_other(walks: Sequence[Statement], order: Order) -> Statement:
    part, *columns = _parts(walks).c
    return select(*columns).order_by(part, *_in_order(columns[: len(order.columns)], order))


def _in_order(columns: Sequence[Column], order: Order) -> list[ColumnElement[Any]]:
    """Returns the ORDER BY terms for rows that have been found already: an order's columns, or some of them."""
    first, *others = ordered(columns, descending=order.is_descending)
    return [first.nulls_last() if order.may_be_null else first, *others]


def _follows(columns: Sequence[Column], there: Sequence[ColumnElement[Any]], shape: Shape) -> ColumnElement[bool]:
    """Returns the condition for what comes after the cursor's ticket, whose values are `there`."""
    if shape.is_null:
        return and_(columns[0].is_(None), is_after(columns[1:], there[1:], shape.order.is_descending))
    follows = is_after(columns, there, shape.order.is_descending)
    return or_(columns[0].is_(None), follows) if shape.order.may_be_null else follows


def _end(order: Order) -> ColumnElement[datetime]:
    """Returns the moment that stands in place of their own for tickets that come last, also in their cursors. It is
    beyond all others in this order."""
    return literal(order.end, DateTime(timezone=True))


def _last_ones(shape: Shape) -> Statement:
    """Selects the tickets that come last, because their moment is not credible. OFFSET 0 keeps the planner from
    scanning the whole list for these few."""
    order = shape.order
    matching = _matching(shape).where(~is_credible(order.columns[-2])).offset(0).subquery()
    columns = _columns(order, matching)
    told = [column for column in columns if column is not columns[-2]]
    found = select(*columns[:-2], _end(order).label(columns[-2].key), columns[-1])
    if shape.goes_on and shape.is_behind:
        there = [value for value, column in zip(after(columns), columns, strict=True) if column is not columns[-2]]
        found = found.where(_follows(told, there, shape))
    return found.order_by(*_in_order(told, order)).limit(ROWS)


def _matching(shape: Shape, *, reads_from_index: bool = False) -> Statement:
    """Selects the tickets that match everything but the search."""
    readable = readable_by(
        shape.reads,
        shape.statuses,
        only_confidential=("confidential", True) in shape.form,
        reads_from_index=reads_from_index or shape.is_for_stages,
    )
    matching = select(*shape.order.columns).where(readable, *_conditions(shape))
    return matching.where(Ticket.id != func.all(CALLED)) if shape.leaves_out else matching


def _countable(shape: Shape, *, counts_few: bool) -> Select[int]:
    """Selects the tickets of `_matching`. Where only a few are hidden, the statement excludes their ids instead of
    applying the reading rule, so that thousands are counted in an index-only scan. Of closed tickets many are hidden:
    to find all of these takes longer than to read a thousand tickets."""
    hidden = hidden_from(shape.reads, shape.statuses)
    is_by_tag = shape.form == (("tag", True),) and not shape.search and not shape.is_for_stages
    if counts_few and Status.CLOSED in shape.statuses and is_by_tag:
        return _with_tag(shape).with_only_columns(Ticket.id)
    if hidden is None or (counts_few and Status.CLOSED in shape.statuses):
        return _matching(shape).with_only_columns(Ticket.id)
    if is_by_tag:
        tagged = select(TicketTag.ticket_id).where(TicketTag.tag == bindparam("tag"))
        return tagged.where(TicketTag.ticket_id.not_in(hidden))
    return select(Ticket.id).where(Ticket.id.not_in(hidden), *_conditions(shape))


def _conditions(shape: Shape) -> list[ColumnElement[bool]]:
    staged = [IS_IN_STAGE] if shape.is_for_stages else []
    return [*conditions(shape.form), *staged, *([Ticket.id == func.any(CHOSEN)] if shape.is_of_chosen else [])]


def _tagged(shape: Shape) -> Statement:
    """Selects the tickets of one tag in the order of the index on tag and opening time."""
    return _page(_with_tag(shape), (TicketTag.opened_at, TicketTag.ticket_id), shape)


def _with_tag(shape: Shape) -> Statement:
    others = _matching(shape._replace(form=tuple(part for part in shape.form if part[0] != "tag")))
    return others.join(TicketTag, TicketTag.ticket_id == Ticket.id).where(TicketTag.tag == bindparam("tag"))


def _columns(order: Order, found: FromClause) -> tuple[ColumnElement[Any], ...]:
    return tuple(found.c[str(column.key)] for column in order.columns)


def _page(found: Statement, columns: Sequence[Column], shape: Shape) -> Statement:
    return _sorted(found, columns, shape).limit(ROWS)


def _sorted(found: Statement, columns: Sequence[Column], shape: Shape) -> Statement:
    found = found.where(is_credible(columns[-2]))
    return in_order(found, columns, descending=shape.order.is_descending, goes_on=shape.goes_on)
