"""Previews, begins and reads changes of many tickets. The steps are in `steps.py`."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.bulk import (
    MOST_TICKETS,
    BulkBrief,
    BulkCreate,
    BulkPreview,
    BulkPreviewCreate,
    BulkRead,
    BulkRefusal,
    BulkState,
    BulkTicket,
    BulkTickets,
)
from contracts.pages import Page, PageQuery
from contracts.tickets import TicketQuery
from data_api.access.actor import Actor
from data_api.bulk.each import ChangeOfEach, refusal
from data_api.bulk.errors import BulkNotFound
from data_api.bulk.gathered_writes import GatheredWrites
from data_api.bulk.held_lookups import HeldLookups
from data_api.bulk.repository import BulkRepository
from data_api.kit.paging import read_cursor, write_cursor
from data_api.models import BulkChange, Ticket
from data_api.tickets.list_repository import TicketListRepository
from data_api.tickets.reactions import Reactions
from data_api.tickets.service import TicketService
from service_kit.errors import InvalidInput, LodgeError

KIND = "changes of many tickets"
# Whoever works on a change notes it more often than this, also while it waits for its turn (`runs.py`).
STOPPED_AFTER = timedelta(seconds=15)


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
        change = ChangeOfEach(self.tickets, wanted.change) if wanted.change is not None else None
        there = [BulkTicket(id=number, version=tickets[number].version) for number in ids if number in tickets]
        if change is None:
            return BulkPreview(tickets=there, found_more=found_more, done=0, unchanged=0, refused=[])
        change.check()
        change.look_up(ids)
        # In the order in which they are changed: closing one ticket may be what another one waits for.
        outcomes = [self._would(change, number, tickets.get(number)) for number in sorted(ids)]
        refused = [outcome for outcome in outcomes if isinstance(outcome, BulkRefusal)]
        unchanged = sum(outcome is False for outcome in outcomes)
        done = len(outcomes) - len(refused)
        return BulkPreview(tickets=there, found_more=found_more, done=done, unchanged=unchanged, refused=refused)

    def begin(self, wanted: BulkCreate) -> BulkRead:
        """Notes what is to be done; nothing is changed yet. Raises InvalidInput, CategoryGoing."""
        ChangeOfEach(self.tickets, wanted.change).check()
        ids, found_more = self._which(wanted)
        if found_more:
            told = f"finds more than {MOST_TICKETS:,} tickets; narrow it, or name the tickets by their ids"
            raise InvalidInput.in_field("body.query", told)
        versions = dict(zip(ids, wanted.versions, strict=True)) if wanted.versions is not None else {}
        now = datetime.now(UTC)
        values: dict[str, Any] = {
            "change": wanted.change.model_dump(mode="json", exclude_unset=True),
            # In the order in which tickets are locked, so that two changes of the same ones never wait for each other.
            "ticket_ids": sorted(ids),
            "versions": [versions[number] for number in sorted(ids)] if versions else None,
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

    def _would(self, change: ChangeOfEach, ticket_id: int, ticket: Ticket | None) -> bool | BulkRefusal:
        try:
            return change.make(ticket_id, ticket, None)
        except LodgeError as error:
            return refusal(ticket_id, error)


def bulk_read(row: BulkChange) -> BulkRead:
    return BulkRead(**_brief(row), refused=[BulkRefusal(**one) for one in row.refused])


def _brief(row: BulkChange) -> dict[str, Any]:
    return {
        "id": row.id,
        "change": row.change,
        "state": _state(row),
        "total": len(row.ticket_ids),
        "done": row.done,
        "unchanged": row.unchanged,
        "refusals": len(row.refused),
        "created_at": row.created_at,
        "finished_at": row.finished_at,
    }


def _state(row: BulkChange) -> BulkState:
    if row.finished_at is not None:
        return BulkState.FINISHED
    return BulkState.RUNNING if datetime.now(UTC) - row.stepped_at < STOPPED_AFTER else BulkState.STOPPED
