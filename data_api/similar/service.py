"""Finding open reports that are similar to a text, and confirming one of them: "I have that problem too"."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from contracts.pages import Page, PageQuery
from contracts.suggestions import MeTooRead, MeToosSeen, SimilarRead
from data_api.access.actor import Actor
from data_api.kit.paging import read_cursor, write_cursor
from data_api.similar.errors import NothingToConfirm, ReportedByYourself
from data_api.similar.opaque_refs import OpaqueRefs
from data_api.similar.repository import SimilarRepository
from data_api.similar.tables import MAX_AGE
from data_api.texts.encoder import Vectors
from data_api.texts.vectors import centred

# Two reports from one building are mostly about different problems if their similarity is lower than this
# (docs/benchmarks.md).
ALIKE = 0.35
# The limit for a report without a building, which is compared with reports from all buildings: the text does not say
# where the problem is.
ALIKE_ANYWHERE = 0.45
SHOWN = 5
# More reports are read than are shown, because some may have been closed or made confidential a moment ago.
LOOKED_AT = 20
KIND = "confirmed"


class SimilarService:
    """Finds similar reports and confirms them. `is_on` is whether they can be found in this installation."""

    def __init__(self, actor: Actor, repository: SimilarRepository, refs: OpaqueRefs, *, is_on: bool) -> None:
        self.actor = actor
        self.repository = repository
        self.refs = refs
        self.is_on = is_on
        self.now = datetime.now(UTC)

    def find(self, vector: Vectors, building_id: int | None) -> list[SimilarRead]:
        """Returns reports in the order of their rounded similarity, which is shown, and by date where that is equal.
        If the exact order were shown, somebody could report texts of their own, see which of them rank above another
        person's report, and so find out its text step by step."""
        if not self.is_on:
            return []
        since = self.now - MAX_AGE
        least = ALIKE_ANYWHERE if building_id is None else ALIKE
        near = self.repository.nearest(centred(vector[None])[0], building_id, since, least, LOOKED_AT)
        alike = {one.ticket_id: one.similarity for one in near if one.similarity >= least}
        if not alike:
            return []
        facts = self.repository.facts(list(alike), self.actor)
        found = [
            SimilarRead(
                **self._told(row),
                # Rounded, because the exact number would let somebody find out another person's text by trial.
                similarity=round(similarity, 2 if self.actor.is_staff else 1),
                own_part=row.own_part,
            )
            for ticket_id, similarity in alike.items()
            if (row := facts.get(ticket_id))
        ]
        return sorted(found, key=lambda one: (one.similarity, one.opened_at), reverse=True)[:SHOWN]

    def confirm(self, ref: str) -> MeTooRead:
        """Counts one more report on the ticket. Confirming twice changes nothing. Raises InvalidInput,
        NothingToConfirm, ReportedByYourself."""
        ticket = self.repository.lock(self.named_by(ref))
        if ticket is None:
            raise NothingToConfirm
        if ticket.requester_id == self.actor.person_id:
            raise ReportedByYourself
        if self.repository.confirm(ticket.id, self.actor.person_id, ticket.status, self.now):
            self.repository.count(ticket.id, 1)
        return self.confirmation(ticket.id)

    def named_by(self, ref: str) -> int:
        """Returns the id of the ticket that the reference resolves to. Raises InvalidInput."""
        return self.refs.read(ref, self.actor.person_id, "body.ref")

    def confirmation(self, ticket_id: int) -> MeTooRead:
        """Returns this person's confirmation of the ticket. Raises NothingToConfirm if it was taken back or the ticket
        is confidential by now."""
        row = self.repository.confirmation(ticket_id, self.actor)
        if row is None:
            raise NothingToConfirm
        return self._confirmed_read(row)

    def take_back(self, ref: str) -> None:
        ticket_id = self.refs.read(ref, self.actor.person_id, "query.ref")
        # Locks the ticket before the confirmation, as `confirm` does: otherwise two tabs could deadlock.
        self.repository.lock_any(ticket_id)
        if self.repository.take_back(ticket_id, self.actor.person_id):
            self.repository.count(ticket_id, -1)

    def confirmed(self, query: PageQuery) -> Page[MeTooRead]:
        after = read_cursor(KIND, query.cursor, (int,)) if query.cursor else []
        rows = self.repository.confirmed(self.actor, after, query.limit)
        shown = rows[: query.limit]
        return Page[MeTooRead](
            items=[self._confirmed_read(row) for row in shown],
            next_cursor=write_cursor(KIND, [shown[-1].confirmation_id]) if len(rows) > query.limit else None,
        )

    def see(self, shown: MeToosSeen) -> None:
        """Marks these reports as seen, each with the status that was shown: a report whose status has changed since
        then stays unseen."""
        me = self.actor.person_id
        fields = {
            self.refs.read(one.ref, me, f"body.seen.{place}.ref"): one.status for place, one in enumerate(shown.seen)
        }
        self.repository.see(me, fields)

    def _confirmed_read(self, row: Row[Any]) -> MeTooRead:
        return MeTooRead(
            **self._told(row),
            confirmed_at=row.confirmed_at,
            is_news=row.status != row.seen_status,
        )

    def _told(self, row: Row[Any]) -> dict[str, Any]:
        """Returns the fields of `KnownReport`."""
        told = ("id", "title", "category", "building", "status", "opened_at", "reports")
        ref = self.refs.write(row.ticket_id, self.actor.person_id)
        return {"ref": ref} | {name: getattr(row, name) for name in told}
