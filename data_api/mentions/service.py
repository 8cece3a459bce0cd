"""Mentioning people in messages, and what each of them finds under their mentions."""

from collections.abc import Collection, Sequence
from typing import Any

from contracts.base import one_line
from contracts.desk import StudentsSee
from contracts.mentions import MentionableQuery, MentionCheck, MentionCheckRead, MentionQuery, MentionRead
from contracts.messages import MOST_MENTIONS
from contracts.pages import Page
from contracts.people import Permission, PersonBrief
from data_api.access.actor import Actor
from data_api.access.permissions import permissions_from
from data_api.access.reading import TicketFacts, is_readable_by, reads_of
from data_api.kit.paging import read_cursor, write_cursor
from data_api.mentions.candidate_repository import CandidateRepository
from data_api.mentions.repository import MentionRepository, people_read
from data_api.mentions.typed import Recognised, recognised, typed_in
from data_api.models import Message, Ticket
from data_api.tickets.errors import TicketNotFound
from data_api.tickets.repository import TicketRepository, facts_of
from data_api.tickets.rows import TicketRow
from service_kit.errors import InvalidInput

KIND = "mentions"


class MentionService:
    """`students_see`: which tickets students read, as everywhere."""

    def __init__(
        self,
        actor: Actor,
        mentions: MentionRepository,
        candidates: CandidateRepository,
        tickets: TicketRepository,
        students_see: StudentsSee,
    ) -> None:
        self.actor = actor
        self.mentions = mentions
        self.candidates = candidates
        self.tickets = tickets
        self.students_see = students_see

    def page(self, query: MentionQuery) -> Page[MentionRead]:
        """Returns the actor's mentions in what they may read now, the latest first."""
        after = read_cursor(KIND, query.cursor, (int,)) if query.cursor else []
        rows = self.mentions.page(self.actor, query, after)
        shown = rows[: query.limit]
        return Page[MentionRead](
            items=[_mention_read(row) for row in shown],
            next_cursor=write_cursor(KIND, [shown[-1].id]) if len(rows) > query.limit else None,
        )

    def see(self, ticket_id: int) -> None:
        """Marks the actor's mentions in this ticket as seen. Raises TicketNotFound."""
        if not self.tickets.is_readable(self.actor, ticket_id):
            raise TicketNotFound(ticket_id)
        self.mentions.see(self.actor.person_id, ticket_id)

    def offered(self, ticket_id: int, query: MentionableQuery) -> list[PersonBrief]:
        """Returns people whom the actor can mention in a message of this ticket. Raises TicketNotFound."""
        ticket = self.tickets.find(self.actor, ticket_id)
        if ticket is None:
            raise TicketNotFound(ticket_id)
        facts = facts_of(ticket)
        found = self.candidates.called(self.actor, ticket_id, facts, query.q)
        readers = self._readers(found, facts, is_internal=query.is_internal)
        return [one for one in readers if one.id != self.actor.person_id][: query.limit]

    def checked(self, ticket: Ticket | TicketRow, ids: Collection[int], *, is_internal: bool) -> list[PersonBrief]:
        """Returns these people, without the actor. Raises InvalidInput for one who may not read the message, or whom
        the actor cannot know of."""
        wanted = dict.fromkeys(one for one in ids if one != self.actor.person_id)
        if not wanted:
            return []
        facts = facts_of(ticket)
        found = self.candidates.numbered(self.actor, ticket.id, facts, list(wanted))
        readers = {one.id: one for one in self._readers(found, facts, is_internal=is_internal)}
        if refused := [one for one in wanted if one not in readers]:
            raise InvalidInput.in_field("body.mentions", self._told(refused, is_internal=is_internal))
        return [readers[one] for one in wanted]

    def recognised(
        self, ticket: Ticket | TicketRow, text: str, chosen: Sequence[PersonBrief], *, is_internal: bool
    ) -> Recognised:
        """Finds out whom the text names with @ besides those who were `chosen`: people who may read it and whom the
        actor can know of."""
        typed = typed_in(text, chosen, MOST_MENTIONS)
        if not typed:
            return Recognised([], [], [])
        facts = facts_of(ticket)
        found = self.candidates.with_words(self.actor, ticket.id, facts, [one.split()[0] for one in typed])
        found_of_them = recognised(typed, self._readers(found, facts, is_internal=is_internal))
        already = {self.actor.person_id, *(person.id for person in chosen)}
        return found_of_them._replace(people=[one for one in found_of_them.people if one.id not in already])

    def check(self, ticket_id: int, wanted: MentionCheck) -> MentionCheckRead:
        """Returns whom a message would mention, and which names in it mention nobody. Raises TicketNotFound,
        InvalidInput."""
        ticket = self.tickets.find(self.actor, ticket_id)
        if ticket is None:
            raise TicketNotFound(ticket_id)
        chosen = self.checked(ticket, wanted.mentions, is_internal=wanted.is_internal)
        found = self.recognised(ticket, wanted.body, chosen, is_internal=wanted.is_internal)
        people = [*chosen, *found.people][:MOST_MENTIONS]
        return MentionCheckRead(mentions=people, unknown=found.unknown, ambiguous=found.ambiguous)

    def add(self, ticket: Ticket, message: Message, people: Sequence[PersonBrief]) -> None:
        """Stores the mentions of a new message. The mentioned follow the ticket from now on, except its requester, who
        has it anyway. Nobody becomes a follower of a confidential ticket by this: a follower may go on reading it when
        all else ends that lets them."""
        if not people:
            return
        self.mentions.add(message.id, [person.id for person in people])
        if not ticket.is_confidential:
            for person in people:
                if person.id != ticket.requester_id:
                    self.tickets.follow(person.id, ticket.id)

    def of_message(self, message_id: int) -> list[PersonBrief]:
        return people_read(self.mentions.of_message(message_id))

    # -- inside -----------------------------------------------------------------------------------------------------

    def _readers(self, rows: Sequence[Any], facts: TicketFacts, *, is_internal: bool) -> list[PersonBrief]:
        """Returns those who may read a message of the ticket."""
        return [
            PersonBrief(id=row.id, name=row.name) for row in rows if self._reads(row, facts, is_internal=is_internal)
        ]

    def _reads(self, row: Any, facts: TicketFacts, *, is_internal: bool) -> bool:
        permissions = permissions_from(row.slugs or (), (row.permissions or "").split())
        if is_internal and Permission.TICKETS_WORK not in permissions:
            return False
        followers = frozenset({row.id} if row.follows else ())
        reads = reads_of(permissions, self.students_see)
        return is_readable_by(row.id, reads, facts._replace(follower_ids=followers))

    def _told(self, refused: Sequence[int], *, is_internal: bool) -> str:
        names = self.candidates.names(refused) if self.actor.may(Permission.PEOPLE_READ) else {}
        who = " and ".join(names.get(one, f"person {one}") for one in refused)
        what = "this internal note" if is_internal else "this ticket"
        return f"{who} may not read {what}, so nobody can mention them"


def _mention_read(row: Any) -> MentionRead:
    return MentionRead(
        id=row.id,
        ticket_id=row.ticket_id,
        ticket_title=row.ticket_title,
        message_id=row.message_id,
        author=PersonBrief(id=row.author_id, name=row.author_name),
        said=one_line(row.body),
        is_internal=row.is_internal,
        created_at=row.created_at,
        seen_at=row.seen_at,
    )
