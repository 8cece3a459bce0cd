"""What a change of many tickets would do, found out by making it on copies of the tickets that are never written."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from data_api.access.actor import Actor
from data_api.models import Ticket
from data_api.tickets.repository import TicketRepository


class CopiesOfTickets(TicketRepository):
    """Writes nothing. So the rules are those of a real change, whatever they come to be."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.tags: dict[int, list[str]] = {}

    def read(self, actor: Actor, ticket_ids: Sequence[int]) -> Mapping[int, Ticket]:
        self.tags = self.tags_of_each(ticket_ids)
        return self.unlocked(actor, ticket_ids)

    def record(self, *_: Any, **__: Any) -> None: ...

    def tags_of(self, ticket_id: int) -> list[str]:
        return self.tags[ticket_id]

    def replace_tags(self, *_: Any, **__: Any) -> None: ...

    def drop_followers(self, *_: Any, **__: Any) -> None: ...

    def note_confidential_in_links(self, *_: Any, **__: Any) -> None: ...

    def follow(self, *_: Any, **__: Any) -> bool:
        return False
