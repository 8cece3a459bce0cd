"""Lists tags, and renames, merges and deletes them."""

from datetime import UTC, datetime

from contracts.pages import Page
from contracts.tags import TagMerge, TagQuery, TagRead
from contracts.tickets import EventKind
from data_api.access.actor import Actor
from data_api.kit.errors import NotFound
from data_api.kit.paging import read_cursor, write_cursor
from data_api.tags.repository import TagRepository

KIND = "tags"


class TagService:
    def __init__(self, actor: Actor, repository: TagRepository) -> None:
        self.actor = actor
        self.repository = repository

    def page(self, query: TagQuery) -> Page[TagRead]:
        after = read_cursor(KIND, query.cursor, (int, str)) if query.cursor else []
        rows = self.repository.page(query, after)
        shown = rows[: query.limit]
        return Page[TagRead](
            items=[TagRead(tag=tag, tickets=tickets) for tag, tickets in shown],
            next_cursor=write_cursor(KIND, [shown[-1][1], shown[-1][0]]) if len(rows) > query.limit else None,
        )

    def check(self, tag: str) -> None:
        """Raises NotFound for a tag that there is not, or that only tickets have which the actor may not read."""
        if self.repository.count(tag) is None:
            raise NotFound(f"There is no tag {tag}.")

    def check_merge(self, merge: TagMerge) -> None:
        """What was merged already may be merged again: nothing is left to do then. Raises NotFound."""
        if self.repository.count(merge.into) is None:
            self.check(merge.tag)

    def merged(self, merge: TagMerge) -> TagRead:
        """Ends a merge all of whose tickets were changed."""
        self.repository.change_views(merge.tag, merge.into)
        return TagRead(tag=merge.into, tickets=self.repository.count(merge.into) or 0)

    def change_some(self, tag: str, into: str | None, most: int) -> int:
        """Gives up to `most` tickets the tag `into` in place of `tag`, or only takes `tag` away, and adds a line to the
        history of each. Returns how many tickets it has looked at; 0 if none has the tag any more. These are all
        tickets, also those that the actor may not read."""
        ids = self.repository.lock_some(tag, most)
        before = self.repository.tags_before(tag, ids) if ids else {}
        if before:
            now = datetime.now(UTC)
            self.repository.replace(tag, into, list(before))
            self.repository.record(
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
        return len(ids)
