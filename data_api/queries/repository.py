"""Queries on saved queries and on the history. Each begins with what the person may read."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session, defer

from contracts.pages import PageQuery
from contracts.queries import SavedQueryQuery, Whose
from data_api.access.reading import ME
from data_api.kit.paging import in_order, ordered, position
from data_api.kit.words import all_of, terms_of
from data_api.models import Person, QueryRun, SavedQuery

MINE = SavedQuery.owner_id == ME
READABLE = or_(MINE, SavedQuery.is_shared)
BY_NAME = (SavedQuery.name, SavedQuery.id)
FOUND: dict[Whose | None, tuple[ColumnElement[bool], ...]] = {
    Whose.MINE: (MINE,),
    Whose.SHARED: (SavedQuery.is_shared.is_(True),),
    # Two, because each has its own index; one condition for both would read every query.
    None: (MINE, and_(SavedQuery.is_shared, SavedQuery.owner_id != ME)),
}

# The history keeps the latest lines, as long as their texts together are not longer than this many characters.
MOST_RUNS, MOST_RUN_CHARACTERS = 200, 1_000_000
ADD_RUN = insert(QueryRun).returning(QueryRun)
_LATEST_FIRST = QueryRun.id.desc()
_RUNS = (
    select(
        QueryRun.id,
        func.row_number().over(order_by=_LATEST_FIRST).label("number"),
        func.sum(func.length(QueryRun.sql)).over(order_by=_LATEST_FIRST).label("characters"),
    )
    .where(QueryRun.person_id == ME)
    .subquery()
)
_TOO_MANY = select(_RUNS.c.id).where(
    _RUNS.c.number > 1, or_(_RUNS.c.number > MOST_RUNS, _RUNS.c.characters > MOST_RUN_CHARACTERS)
)
# Rows that another request of the same person deletes at this moment are left to it.
_FREE = select(QueryRun.id).where(QueryRun.id.in_(_TOO_MANY)).with_for_update(skip_locked=True)
FORGET_RUNS = delete(QueryRun).where(QueryRun.id.in_(_FREE))
CLEAR_RUNS = delete(QueryRun).where(QueryRun.person_id == ME)


class QueryRepository:
    """`me` is the number of the person who asks."""

    def __init__(self, session: Session, me: int) -> None:
        self.session = session
        self.me = {"me": me}

    # -- saved queries ---------------------------------------------------------------------------------------------

    def page(self, query: SavedQueryQuery, after: Sequence[Any]) -> Sequence[Row[SavedQuery, str]]:
        """Returns up to limit + 1 queries by name, each with its owner's name; the extra one shows that there is a next
        page."""
        words: list[ColumnElement[bool]] = []
        if query.q:
            terms = all_of(terms_of(self.session.connection(), query.q, shortest=1))
            words = [func.lodge_search(SavedQuery.name).bool_op("@@")(cast(terms, TSQUERY))]
        parts = [
            in_order(select(*BY_NAME).where(whose, *words), BY_NAME, descending=False, goes_on=bool(after)).limit(
                query.limit + 1
            )
            for whose in FOUND[query.whose]
        ]
        found = union_all(*parts).subquery()
        page = (
            _with_owner()
            .where(SavedQuery.id.in_(select(found.c.id)))
            .options(defer(SavedQuery.sql), defer(SavedQuery.chart), defer(SavedQuery.parameters))
            .order_by(*ordered(BY_NAME, descending=False))
            .limit(query.limit + 1)
        )
        return self.session.execute(page, self.me | position(after)).all()

    def find(self, query_id: int) -> Row[SavedQuery, str] | None:
        return self.session.execute(_one(), self.me | {"id": query_id}).one_or_none()

    def lock(self, query_id: int) -> Row[SavedQuery, str] | None:
        """Returns the query as `find` does, and locks it against changes until the transaction ends."""
        return self.session.execute(_one().with_for_update(of=SavedQuery), self.me | {"id": query_id}).one_or_none()

    def count_mine(self) -> int:
        """Counts this person's queries, and lets no other request add one until the transaction ends."""
        self.session.execute(select(Person.id).where(Person.id == ME).with_for_update(key_share=True), self.me)
        return self.session.scalar(select(func.count()).select_from(SavedQuery).where(MINE), self.me) or 0

    def add(self, values: dict[str, Any]) -> SavedQuery:
        query = SavedQuery(owner_id=self.me["me"], **values)
        self.session.add(query)
        self.session.flush()
        return query

    def delete(self, query: SavedQuery) -> None:
        self.session.delete(query)
        self.session.flush()

    # -- the history -----------------------------------------------------------------------------------------------

    def runs(self, query: PageQuery, after: Sequence[Any]) -> Sequence[QueryRun]:
        """Returns up to limit + 1 lines of this person's history, the latest first."""
        mine = select(QueryRun).where(QueryRun.person_id == ME)
        page = in_order(mine, (QueryRun.id,), descending=True, goes_on=bool(after))
        return self.session.scalars(page.limit(query.limit + 1), self.me | position(after)).all()

    def find_run(self, run_id: int) -> QueryRun | None:
        mine = select(QueryRun).where(QueryRun.id == run_id, QueryRun.person_id == ME)
        return self.session.scalar(mine, self.me)

    def add_run(self, values: dict[str, Any]) -> QueryRun:
        """Adds a line to this person's history and forgets the oldest ones."""
        run = self.session.scalars(ADD_RUN, {"person_id": self.me["me"], **values}).one()
        self.session.execute(FORGET_RUNS, self.me)
        return run

    def clear_runs(self) -> None:
        self.session.execute(CLEAR_RUNS, self.me)


def _with_owner() -> Select[SavedQuery, str]:
    return select(SavedQuery, Person.name).join(Person, Person.id == SavedQuery.owner_id)


def _one() -> Select[SavedQuery, str]:
    return _with_owner().where(SavedQuery.id == bindparam("id", type_=BigInteger), READABLE)
