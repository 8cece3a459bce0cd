"""Lists tags."""

from contracts.pages import Page
from contracts.tags import TagQuery, TagRead
from data_api.kit.paging import read_cursor, write_cursor
from data_api.tags.repository import TagRepository

KIND = "tags"


class TagService:
    def __init__(self, repository: TagRepository) -> None:
        self.repository = repository

    def page(self, query: TagQuery) -> Page[TagRead]:
        after = read_cursor(KIND, query.cursor, (int, str)) if query.cursor else []
        rows = self.repository.page(query, after)
        shown = rows[: query.limit]
        return Page[TagRead](
            items=[TagRead(tag=tag, tickets=tickets) for tag, tickets in shown],
            next_cursor=write_cursor(KIND, [shown[-1][1], shown[-1][0]]) if len(rows) > query.limit else None,
        )
