"""Renames, merges and deletes tags in all tickets. The work is done in steps, beside the requests: a request has one
transaction, in which a million tickets would be locked for minutes."""

from datetime import UTC, datetime

from contracts.pages import Page, PageQuery
from contracts.tags import TagChangeRead, TagMerge
from contracts.tickets import EventKind
from data_api.access.actor import Actor
from data_api.bulk.states import state_of
from data_api.kit.errors import NotFound
from data_api.kit.paging import read_cursor, write_cursor
from data_api.models import TagChange
from data_api.tags.change_repository import TagChangeRepository, names_one_of
from data_api.tags.errors import TagChangeNotFound, TagChanging, TooManyTagChanges
from data_api.tags.repository import TagRepository

KIND = "changes of tags"
# A step locks so many tickets for a fraction of a second.
TICKETS_AT_ONCE = 500
# Each keeps its place in the memory of the process that works on it.
MOST_UNFINISHED = 20


class TagChangeService:
    def __init__(self, actor: Actor, tags: TagRepository, changes: TagChangeRepository) -> None:
        self.actor = actor
        self.tags = tags
        self.changes = changes

    def begin_merge(self, merge: TagMerge) -> TagChangeRead:
        """What was merged already may be merged again: nothing is left to do then. Raises NotFound, TagChanging,
        TooManyTagChanges."""
        return self._begin(merge.tag, merge.into)

    def begin_delete(self, tag: str) -> TagChangeRead:
        """Raises NotFound for a tag that there is not, or that only tickets have which the actor may not read;
        TagChanging, TooManyTagChanges."""
        return self._begin(tag, None)

    def read(self, change_id: int) -> TagChangeRead:
        row = self.changes.find(change_id)
        if row is None:
            raise TagChangeNotFound(change_id)
        return _read(row)

    def page(self, query: PageQuery) -> Page[TagChangeRead]:
        after = read_cursor(KIND, query.cursor, (int,)) if query.cursor else []
        rows = self.changes.page(query, after)
        shown = rows[: query.limit]
        following = write_cursor(KIND, [shown[-1].id]) if len(rows) > query.limit else None
        return Page[TagChangeRead](items=[_read(row) for row in shown], next_cursor=following)

    def forget(self, change_id: int) -> None:
        """If it is not finished, no further ticket is changed."""
        if not self.changes.delete(change_id):
            raise TagChangeNotFound(change_id)

    def make_step(self, change_id: int, most: int) -> bool:
        """Changes up to `most` tickets, and notes it in the same transaction: so each is changed once, however often it
        is stopped and continued. Returns whether there are more."""
        row = self.changes.lock(change_id)
        if row is None or row.finished_at is not None:
            return False
        ids = self.tags.lock_some(row.tag, most)
        if ids:
            row.done += self._change(row.tag, row.into, ids)
        elif row.into is not None:
            self.tags.change_views(row.tag, row.into)
        row.stepped_at = datetime.now(UTC)
        if not ids:
            row.finished_at = row.stepped_at
        return bool(ids)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _begin(self, tag: str, into: str | None) -> TagChangeRead:
        """Sent again while it is not finished, it goes on."""
        self.changes.take_turn()
        unfinished = self.changes.unfinished()
        for row in unfinished:
            if (row.tag, row.into) == (tag, into) and self.changes.may_know_of(row):
                return _read(row)
            if names_one_of(row, (tag, into)):
                raise TagChanging
        if len(unfinished) >= MOST_UNFINISHED:
            raise TooManyTagChanges(MOST_UNFINISHED)
        total = self.tags.count(tag)
        if total is None and (into is None or self.tags.count(into) is None):
            raise NotFound(f"There is no tag {tag}.")
        return _read(self.changes.add(tag, into, total or 0, datetime.now(UTC)))

    def _change(self, tag: str, into: str | None, ids: list[int]) -> int:
        """Gives these tickets, which are locked, the tag `into` in place of `tag`, or only takes `tag` away, and adds a
        line to the history of each. Returns how many still had the tag. The actor may not be able to read them."""
        before = self.tags.tags_before(tag, ids)
        if not before:
            return 0
        now = datetime.now(UTC)
        self.tags.replace(tag, into, list(before))
        self.tags.record(
            [
                {
                    "ticket_id": ticket_id,
                    "kind": EventKind.TAGS,
                    "from_value": ", ".join(tags),
                    "to_value": ", ".join(sorted({*tags, *([into] if into else [])} - {tag})) or None,
                    "actor_id": self.actor.person_id,
                    "occurred_at": now,
                }
                for ticket_id, tags in before.items()
            ]
        )
        return len(before)


def _read(row: TagChange) -> TagChangeRead:
    """`total` counts what its owner may know of, and `done` says no more than that: also confidential tickets are
    changed."""
    return TagChangeRead(
        id=row.id,
        tag=row.tag,
        into=row.into,
        state=state_of(row),
        total=row.total,
        done=row.total if row.finished_at is not None else min(row.done, row.total),
        created_at=row.created_at,
        finished_at=row.finished_at,
    )
