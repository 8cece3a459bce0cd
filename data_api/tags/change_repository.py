"""Queries on changes of tags. Somebody who reads all tickets finds all of them, and others only their own, if they
did not read all tickets when they began them: a tag, and how many tickets have it, may say something of confidential
tickets. With an API token one may read less than after signing in."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, and_, bindparam, delete, func, select, true
from sqlalchemy.orm import Session

from contracts.pages import PageQuery
from data_api.access.actor import Actor
from data_api.access.reading import Reads
from data_api.kit.paging import in_order, position
from data_api.models import TagChange

# Until the transaction ends, nobody else begins a change of a tag.
TURN = select(func.pg_advisory_xact_lock(func.hashtextextended("lodge change of a tag", 0)))
UNFINISHED = select(TagChange).where(TagChange.finished_at.is_(None)).order_by(TagChange.id)


class TagChangeRepository:
    def __init__(self, session: Session, actor: Actor) -> None:
        self.session = session
        self.actor = actor
        self.reads_everything = actor.reads is Reads.EVERYTHING
        mine = and_(TagChange.owner_id == actor.person_id, TagChange.counts_confidential.is_(False))
        self.is_visible = true() if self.reads_everything else mine

    def take_turn(self) -> None:
        """Waits until nobody else begins a change, and keeps it so until the request ends: two tags that are merged at
        once, each into the other, would exchange their tickets for ever."""
        self.session.execute(TURN)

    def unfinished(self) -> Sequence[TagChange]:
        """Returns all changes that are not finished, whoever may know of them."""
        return self.session.scalars(UNFINISHED).all()

    def may_know_of(self, row: TagChange) -> bool:
        return self.reads_everything or (row.owner_id == self.actor.person_id and not row.counts_confidential)

    def page(self, query: PageQuery, after: Sequence[Any]) -> Sequence[TagChange]:
        """Returns up to limit + 1 changes, the latest first; the extra one shows that there is a next page."""
        found = select(TagChange).where(self.is_visible)
        page = in_order(found, (TagChange.id,), descending=True, goes_on=bool(after))
        return self.session.scalars(page.limit(query.limit + 1), position(after)).all()

    def find(self, change_id: int) -> TagChange | None:
        """Returns it as it is now: another transaction may have gone on with it since this session read it."""
        return self._one(self._selected(), change_id)

    def lock(self, change_id: int) -> TagChange | None:
        """Returns it locked until the transaction ends, so that one step at a time is made. Comes before any ticket is
        locked."""
        return self._one(self._selected().with_for_update(), change_id)

    def add(self, tag: str, into: str | None, total: int, now: datetime) -> TagChange:
        row = TagChange(
            owner_id=self.actor.person_id,
            tag=tag,
            into=into,
            total=total,
            done=0,
            counts_confidential=self.reads_everything,
            created_at=now,
            stepped_at=now,
        )
        self.session.add(row)
        self.session.flush()
        return row

    def delete(self, change_id: int) -> bool:
        """Returns False if there is no such change."""
        one = delete(TagChange).where(TagChange.id == change_id, self.is_visible)
        return self.session.connection().execute(one).rowcount > 0

    def _selected(self) -> Select[TagChange]:
        return select(TagChange).where(TagChange.id == bindparam("id", type_=BigInteger), self.is_visible)

    def _one(self, statement: Select[TagChange], change_id: int) -> TagChange | None:
        return self.session.scalar(statement, {"id": change_id}, execution_options={"populate_existing": True})


def names_one_of(row: TagChange, tags: Collection[str | None]) -> bool:
    return row.tag in tags or (row.into is not None and row.into in tags)
