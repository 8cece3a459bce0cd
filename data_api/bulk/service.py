"""Previews, begins and reads changes of many tickets. The steps are in `steps.py`."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from contracts.bulk import (
    MOST_TICKETS,
    BulkBrief,
    BulkCreate,
    BulkPreview,
    BulkPreviewCreate,
    BulkRead,
    BulkRefusal,
    BulkTicket,
    BulkTickets,
)
from contracts.pages import Page, PageQuery
from contracts.tickets import TicketQuery
from data_api.access.actor import Actor
from data_api.bulk.change_applier import ChangeApplier, refusal
from data_api.bulk.errors import BulkNotFound
from data_api.bulk.gathered_writes import GatheredWrites
from data_api.bulk.held_lookups import HeldLookups
from data_api.bulk.order import blockers_first
from data_api.bulk.repository import BulkRepository
from data_api.bulk.states import state_of
from data_api.kit.paging import read_cursor, write_cursor
from data_api.models import BulkChange, Ticket
from data_api.tickets.list_repository import TicketListRepository
from data_api.tickets.reactions import Reactions
from data_api.tickets.service import TicketService
from service_kit.errors import InvalidInput, LodgeError

KIND = "changes of many tickets"


class BulkService:
    def __init__(
        self,
        actor: Actor,
        repository: BulkRepository,
        copies: GatheredWrites,
        lists: TicketListRepository,
        lookups: HeldLookups,
        reopen_days: int,
    ) -> None:
        self.actor = actor
        self.repository = repository
        self.copies = copies
        self.lists = lists
        # What is done to copies is never written, and nothing reacts to it. So the rules of a preview are those of a
        # real change, whatever they come to be.
        self.tickets = TicketService(actor, copies, lists, lookups, Reactions(), reopen_days)

    def preview(self, wanted: BulkPreviewCreate) -> BulkPreview:
        """Raises InvalidInput for what the change names and there is not, and CategoryGoing."""
        ids, found_more = self._which(wanted)
        tickets = self.copies.unlocked(self.actor, ids)
        there = [BulkTicket(id=number, version=tickets[number].version) for number in ids if number in tickets]
        if wanted.change is None:
            return BulkPreview(tickets=there, found_more=found_more, done=0, unchanged=0, refused=[])
        applier = ChangeApplier(self.tickets, wanted.change)
        applier.check()
        applier.look_up_blockers(ids)
        in_order = self._in_order(applier, ids, tickets.keys())
        outcomes = [self._would(applier, number, tickets.get(number)) for number in in_order]
        refused = [outcome for outcome in outcomes if isinstance(outcome, BulkRefusal)]
        unchanged = sum(outcome is False for outcome in outcomes)
        done = len(outcomes) - len(refused)
        return BulkPreview(tickets=there, found_more=found_more, done=done, unchanged=unchanged, refused=refused)

    def begin(self, wanted: BulkCreate) -> BulkRead:
        """Notes what is to be done; nothing is changed yet. Raises InvalidInput, CategoryGoing."""
        applier = ChangeApplier(self.tickets, wanted.change)
        applier.check()
        ids, found_more = self._which(wanted)
        if found_more:
            problem = f"finds more than {MOST_TICKETS:,} tickets; narrow it, or name the tickets by their ids"
            raise InvalidInput.in_field("body.query", problem)
        in_order = self._in_order(applier, ids)
        versions = dict(zip(ids, wanted.versions, strict=True)) if wanted.versions is not None else {}
        now = datetime.now(UTC)
        values: dict[str, Any] = {
            "change": wanted.change.model_dump(mode="json", exclude_unset=True),
            "ticket_ids": in_order,
            "versions": [versions[number] for number in in_order] if versions else None,
            **{"place": 0, "done": 0, "unchanged": 0, "refused": []},
            "created_at": now,
            "stepped_at": now,
            "finished_at": None if ids else now,
        }
        return bulk_read(self.repository.add(values))

    def read(self, bulk_id: int) -> BulkRead:
        row = self.repository.find(bulk_id)
        if row is None:
            raise BulkNotFound(bulk_id)
        return bulk_read(row)

    def page(self, query: PageQuery) -> Page[BulkBrief]:
        after = read_cursor(KIND, query.cursor, (int,)) if query.cursor else []
        rows = self.repository.page(query, after)
        shown = rows[: query.limit]
        following = write_cursor(KIND, [shown[-1].id]) if len(rows) > query.limit else None
        return Page[BulkBrief](items=[BulkBrief(**_brief(row)) for row in shown], next_cursor=following)

    def delete(self, bulk_id: int) -> None:
        """Forgets it. If it is not finished, no further ticket is changed."""
        if not self.repository.delete(bulk_id):
            raise BulkNotFound(bulk_id)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _which(self, wanted: BulkTickets) -> tuple[Sequence[int], bool]:
        """Returns the tickets that are meant, and whether the query finds more of them."""
        if wanted.query is None:
            return wanted.ids or [], False
        # The most that a page may have is for answers, which would carry all that is shown of each ticket.
        whole = TicketQuery.model_construct(**dict(wanted.query), limit=MOST_TICKETS)
        found = [position[-1] for position in self.lists.asked(self.actor, whole, []).positions()]
        return found[:MOST_TICKETS], len(found) > MOST_TICKETS

    def _in_order(
        self, applier: ChangeApplier, ids: Sequence[int], readable: Collection[int] | None = None
    ) -> list[int]:
        """Returns the tickets by their numbers; if they are closed, those that block others of them come first, because
        these wait for them. (A step locks its tickets in the order of their numbers, whatever their order here.) A link
        of a ticket that the actor may not read counts for nothing: the order of refusals would tell it. `readable`:
        those that they may read, if that was looked up already."""
        if not applier.closes:
            return sorted(ids)
        if readable is None:
            readable = self.copies.unlocked(self.actor, ids).keys()
        return blockers_first(ids, self.copies.blockers_of_each(self.actor, sorted(readable)))

    def _would(self, applier: ChangeApplier, ticket_id: int, ticket: Ticket | None) -> bool | BulkRefusal:
        try:
            return applier.apply(ticket_id, ticket, None)
        except LodgeError as error:
            return refusal(ticket_id, error)


def bulk_read(row: BulkChange) -> BulkRead:
    return BulkRead(**_brief(row), refused=[BulkRefusal(**one) for one in row.refused])


def _brief(row: BulkChange) -> dict[str, Any]:
    return {
        "id": row.id,
        "change": row.change,
        "state": state_of(row),
        "total": len(row.ticket_ids),
        "done": row.done,
        "unchanged": row.unchanged,
        "refusals": len(row.refused),
        "created_at": row.created_at,
        "finished_at": row.finished_at,
    }
