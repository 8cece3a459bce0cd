"""Queries on changes of many tickets. The repository finds only those of the person who asks."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Select, Update, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from contracts.pages import PageQuery
from data_api.access.reading import ME
from data_api.kit.paging import in_order, position
from data_api.models import BulkChange, TagChange

MINE = BulkChange.owner_id == ME


@cache
def still_worked_on(table: type[BulkChange] | type[TagChange]) -> Update:
    """Rows that are locked are left out: a step of them is being made, and ends with a note of its own."""
    ids = bindparam("ids", type_=BigInteger, expanding=True)
    some = select(table.id).where(table.id.in_(ids), table.finished_at.is_(None)).with_for_update(skip_locked=True)
    return update(table).where(table.id.in_(some)).values(stepped_at=func.now())


class BulkRepository:
    """`me` is the number of the person who asks."""

    def __init__(self, session: Session, me: int) -> None:
        self.session = session
        self.me = {"me": me}

    def page(self, query: PageQuery, after: Sequence[Any]) -> Sequence[BulkChange]:
        """Returns up to limit + 1 changes, the latest first; the extra one shows that there is a next page."""
        page = in_order(select(BulkChange).where(MINE), (BulkChange.id,), descending=True, goes_on=bool(after))
        return self.session.scalars(page.limit(query.limit + 1), self.me | position(after)).all()

    def find(self, bulk_id: int) -> BulkChange | None:
        """Returns it as it is now: another transaction may have gone on with it since this session read it."""
        return self._one(_one(), bulk_id)

    def lock(self, bulk_id: int) -> BulkChange | None:
        """Returns it locked until the transaction ends, so that one step at a time is made."""
        return self._one(_one().with_for_update(), bulk_id)

    def add(self, values: dict[str, Any]) -> BulkChange:
        row = BulkChange(owner_id=self.me["me"], **values)
        self.session.add(row)
        self.session.flush()
        return row

    def delete(self, bulk_id: int) -> bool:
        """Returns False if there is no such change."""
        one = delete(BulkChange).where(BulkChange.id == bulk_id, BulkChange.owner_id == self.me["me"])
        return self.session.connection().execute(one).rowcount > 0

    def _one(self, statement: Select[BulkChange], bulk_id: int) -> BulkChange | None:
        asked = self.me | {"id": bulk_id}
        return self.session.scalar(statement, asked, execution_options={"populate_existing": True})


def _one() -> Select[BulkChange]:
    return select(BulkChange).where(BulkChange.id == bindparam("id", type_=BigInteger), MINE)
