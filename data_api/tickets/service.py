"""What can be done with a ticket. Never commits: the request's session does."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from contracts.categorising import CategoryBy
from contracts.pages import CountedPage, Page
from contracts.people import Permission
from contracts.tickets import (
    TEXTS,
    EventKind,
    HistoryQuery,
    HistorySort,
    Status,
    StatusChange,
    TicketCreate,
    TicketEventRead,
    TicketQuery,
    TicketRead,
    TicketUpdate,
    WaitsFor,
)
from data_api.access.actor import Actor
from data_api.access.reading import is_readable_by
from data_api.files.repository import claim_drafts
from data_api.kit.errors import ChangedMeanwhile, StaleVersion
from data_api.kit.paging import read_cursor, write_cursor
from data_api.lists.lookups import Lookups
from data_api.models import Ticket
from data_api.texts.titles import title_from
from data_api.tickets.changes import TicketChanges
from data_api.tickets.errors import (
    NoSuchChange,
    TextNotKept,
    TicketAlreadyClosed,
    TicketNotFound,
    changed_meanwhile,
)
from data_api.tickets.fields import EDITS, PRIORITIES, ToldPerson
from data_api.tickets.filters import ORDERS
from data_api.tickets.list_repository import COUNT_LIMIT, Count, TicketListRepository
from data_api.tickets.presenter import history_read, ticket_read
from data_api.tickets.reactions import Changed, Deleted, Reactions, Reported, Reporting, standing_of
from data_api.tickets.repository import TicketRepository, facts_of
from data_api.tickets.rows import HistoryRow, TicketRow
from data_api.tickets.rules import editable_fields, may_take_back
from service_kit.errors import NotPermitted


class TicketService:
    """The rules of tickets for one actor.

    Raises `TicketNotFound` for a ticket that the actor may not read, `NotPermitted` for what they may not do.
    """

    def __init__(
        self,
        actor: Actor,
        repository: TicketRepository,
        lists: TicketListRepository,
        lookups: Lookups,
        reactions: Reactions,
        reopen_days: int,
    ) -> None:
        self.actor = actor
        self.repository = repository
        self.lists = lists
        self.lookups = lookups
        self.reactions = reactions
        self.reopen_days = reopen_days
        self.now = datetime.now(UTC)
        self.changes = TicketChanges(actor, repository, lookups, reopen_days, self.now)

    # -- reading ----------------------------------------------------------------------------------------------------

    def read(self, ticket_id: int) -> TicketRead:
        row = self.repository.find(self.actor, ticket_id)
        if row is None:
            raise TicketNotFound(ticket_id)
        return self._as_read(row)

    def page(self, query: TicketQuery) -> CountedPage[TicketRead]:
        """Returns a page of the list. The count is made on the first page and carried in the cursor: if each page
        counted again, the count would still grow stale, and every further page would cost more."""
        order = ORDERS[query.sort]
        kind = f"tickets {query.sort}"
        after, count = [], None
        if query.cursor:
            *after, total, is_capped = read_cursor(kind, query.cursor, (*order.types, range(COUNT_LIMIT + 1), range(2)))
            count = Count(total, bool(is_capped))
        asked = self.lists.asked(self.actor, query, after)
        found = asked.positions()
        has_more = len(found) > query.limit
        if count is None:
            count = asked.count(len(found)) if has_more else Count(len(found), False)
        found = found[: query.limit]
        rows = self.repository.rows(self.actor, [position[-1] for position in found])
        return CountedPage[TicketRead](
            items=[self._as_read(row) for row in rows],
            next_cursor=write_cursor(kind, [*found[-1], count.total, int(count.is_capped)]) if has_more else None,
            total=count.total,
            total_capped=count.is_capped,
        )

    def history(self, ticket_id: int, query: HistoryQuery) -> Page[TicketEventRead]:
        self._check_readable(ticket_id)
        kind = f"history {ticket_id} {query.sort}"
        after = read_cursor(kind, query.cursor, (datetime, int)) if query.cursor else []
        latest_first = query.sort is HistorySort.LATEST_FIRST
        rows = self.repository.history(self.actor, ticket_id, after, query.limit, latest_first=latest_first)
        shown = [row for row in rows[: query.limit] if row.fits]
        last = shown[-1] if len(rows) > len(shown) else None
        return Page[TicketEventRead](
            items=[history_read(row, self.actor) for row in shown],
            next_cursor=write_cursor(kind, [last.occurred_at, last.id]) if last else None,
        )

    def event(self, ticket_id: int, event_id: int) -> TicketEventRead:
        """Returns one line of the history. Raises `NoSuchChange` if it is not about a title or a description."""
        self._check_readable(ticket_id)
        return history_read(self._text_change(ticket_id, event_id), self.actor)

    # -- writing ----------------------------------------------------------------------------------------------------

    def report(self, report: TicketCreate) -> TicketRead:
        """Creates a ticket, which is open, in the first stage, and waits for the helpdesk."""
        places = self.lookups.places(report.category, report.building)
        values = {
            "title": report.title or title_from(report.description),
            "description": report.description,
            "status": Status.OPEN,
            "priority": PRIORITIES.index(report.priority),
            "room": report.room or None,
            "requester_id": self._requester_of(report),
            "assignee_id": self._assignee_of(report),
            "team_id": self._team_of(report),
            "is_confidential": report.is_confidential,
            "waits_for": WaitsFor.DESK,
            "opened_at": self.now,
            "modified_at": self.now,
            **places._asdict(),
            "category_by": self._category_by(report),
        }
        self._check_tags(report)
        self.reactions.reporting(Reporting(actor=self.actor, values=values))
        ticket = self.repository.add(values)
        claim_drafts(self.repository.session, self.actor.person_id, report.attachments, ticket.id)
        self.repository.record(ticket.id, EventKind.OPENED, None, Status.OPEN, self.actor, self.now)
        if report.assignee is not None:
            self.changes.record(ticket, EventKind.ASSIGNEE, None, ToldPerson(report.assignee))
        if report.team is not None:
            self.changes.record(ticket, EventKind.TEAM, None, report.team)
        if report.tags:
            self.changes.add_tags(ticket, report.tags)
        self.reactions.reported(Reported(actor=self.actor, ticket=ticket, at=self.now))
        return self._read_after_change(ticket.id)

    def update(self, ticket_id: int, change: TicketUpdate) -> TicketRead:
        """Changes the fields that the request names. Raises `StaleVersion`, which holds the present ticket, and
        `ChangedMeanwhile`."""
        if "is_confidential" in change.model_fields_set:
            self._check_readable(ticket_id)
            self._lock_with_linked(ticket_id)
        ticket = self._locked(ticket_id, change.version)
        wanted = {name: getattr(change, name) for name in change.model_fields_set & EDITS.keys()}
        return self._edit(ticket, wanted, despite_blockers=change.despite_blockers)

    def take_back(self, ticket_id: int, event_id: int, version: int) -> TicketRead:
        """Puts back the title or description that the ticket had before that change; this is an edit like any other.
        Raises `StaleVersion`, `NoSuchChange`, `TextNotKept`."""
        ticket = self._locked(ticket_id, version)
        if not may_take_back(self.actor, ticket.requester_id):
            raise NotPermitted("Only helpdesk staff and the requester take a change back.")
        kind, text = self._kept_text(ticket_id, event_id)
        return self._edit(ticket, {kind: text})

    def blank(self, ticket_id: int, event_id: int) -> TicketEventRead:
        """Removes the former text of that change for good. For a description, a former title that was derived from it
        is removed too. Raises `NoSuchChange`, `TextNotKept`."""
        self._locked(ticket_id, None)
        if not self.actor.is_staff:
            raise NotPermitted("Only helpdesk staff blank former texts.")
        kind, text = self._kept_text(ticket_id, event_id)
        texts = [(kind, text)]
        if kind == EventKind.DESCRIPTION:
            texts.append((EventKind.TITLE, title_from(text)))
        self.repository.blank(ticket_id, texts, self.actor, self.now)
        return self.event(ticket_id, event_id)

    def change_status(self, ticket_id: int, change: StatusChange) -> TicketRead:
        ticket = self._locked(ticket_id, change.version)
        self.change_locked(ticket, {}, change, despite_blockers=change.despite_blockers)
        return self.read(ticket_id)

    def lock_each(self, ticket_ids: Sequence[int]) -> dict[int, Ticket]:
        """Returns those of the tickets that the actor may read, by their ids, locked until the transaction ends. For
        whoever changes several in one transaction: they must all be locked before the first is changed."""
        tickets = self.repository.lock_each(self.actor, ticket_ids)
        self._take_time()
        return tickets

    def change_locked(
        self,
        ticket: Ticket,
        wanted: Mapping[str, Any],
        move: StatusChange | None = None,
        *,
        despite_blockers: bool = False,
    ) -> bool:
        """Changes a ticket that is locked: the fields in `wanted`, then its status. Returns whether anything was
        changed; then its version is one higher. Raises what the first refused part raises, when others may have been
        changed already."""
        self._check_editable(ticket, set(wanted))
        self.changes.despite_blockers = despite_blockers
        before = standing_of(ticket)
        changed = {name for name in sorted(wanted) if self.changes.edit(ticket, name, wanted[name])}
        if move is not None:
            self._move(ticket, move)
        is_changed = bool(changed) or move is not None
        if is_changed:
            ticket.version += 1
            ticket.modified_at = self.now
        if "category" in wanted:
            ticket.category_by = CategoryBy.STAFF  # whether the category changed or not
        if named := wanted.keys() - {"stage"}:
            happened = Changed(actor=self.actor, ticket=ticket, at=self.now, named=named, changed=changed & named)
            self.reactions.changed(happened)
        self.reactions.moved_since(before, actor=self.actor, ticket=ticket, at=self.now)
        if ticket.status == Status.CLOSED:
            self.changes.blockers.note_closed(ticket.id)
        return is_changed

    def keep_readable(self, ticket: Ticket) -> None:
        """Makes the actor a follower of a ticket that they can no longer read otherwise, as after an edit of it."""
        if not is_readable_by(self.actor.person_id, self.actor.reads, facts_of(ticket)):
            self.repository.follow(self.actor.person_id, ticket.id)

    def delete(self, ticket_id: int) -> None:
        """Deletes the ticket; for administrators only. The change feed keeps that it existed, and who deleted it.
        Raises `ChangedMeanwhile`."""
        self._check_readable(ticket_id)
        if not self.actor.may(Permission.TICKETS_DELETE):
            raise NotPermitted("Only administrators delete tickets.")
        self._lock_with_linked(ticket_id)
        ticket = self._locked(ticket_id, None)
        self.reactions.deleted(Deleted(actor=self.actor, ticket=ticket, at=self.now))
        self.repository.delete(ticket)

    def follow(self, ticket_id: int) -> None:
        """Makes the actor a follower. Locks the ticket first: if it becomes confidential at this moment, nobody who
        could read it only before may become its follower."""
        self._locked(ticket_id, None)
        self.repository.follow(self.actor.person_id, ticket_id)

    def unfollow(self, ticket_id: int) -> None:
        self._check_readable(ticket_id)
        self.repository.unfollow(self.actor.person_id, ticket_id)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _edit(self, ticket: Ticket, wanted: dict[str, Any], *, despite_blockers: bool = False) -> TicketRead:
        self.change_locked(ticket, wanted, despite_blockers=despite_blockers)
        return self._read_after_change(ticket.id)

    def _move(self, ticket: Ticket, move: StatusChange) -> None:
        if move.starts_work and ticket.status == Status.OPEN:
            self.changes.move(ticket, self.lookups.first_stage(Status.ACTIVE), None)
        self.changes.move(ticket, self.lookups.first_stage(move.status), move.reason)

    def _text_change(self, ticket_id: int, event_id: int) -> HistoryRow:
        row = self.repository.event(self.actor, ticket_id, event_id)
        if row is None or row.kind not in TEXTS:
            raise NoSuchChange(ticket_id, event_id)
        return row

    def _kept_text(self, ticket_id: int, event_id: int) -> tuple[str, str]:
        """Returns the kind and the former text of that change. Raises `NoSuchChange`, `TextNotKept`."""
        row = self._text_change(ticket_id, event_id)
        if row.from_value is None:
            raise TextNotKept
        return row.kind, row.from_value

    def _as_read(self, row: TicketRow) -> TicketRead:
        return ticket_read(row, self.actor, self.now, self.reopen_days)

    def _check_readable(self, ticket_id: int) -> None:
        if not self.repository.is_readable(self.actor, ticket_id):
            raise TicketNotFound(ticket_id)

    def _category_by(self, report: TicketCreate) -> CategoryBy:
        """Returns who chose the category. The default category is nobody's choice."""
        if report.category is None:
            return CategoryBy.DEFAULT
        return CategoryBy.STAFF if self.actor.is_staff else CategoryBy.REQUESTER

    def _requester_of(self, report: TicketCreate) -> int:
        if report.requester is None or report.requester == self.actor.person_id:
            return self.actor.person_id
        if not self.actor.is_staff:
            raise NotPermitted("Only helpdesk staff report for others.")
        return self.lookups.person(report.requester, "requester").id

    def _assignee_of(self, report: TicketCreate) -> int | None:
        if report.assignee is None:
            return None
        if not self.actor.is_staff:
            raise NotPermitted("Only helpdesk staff assign tickets.")
        return self.changes.staff_member(report.assignee).id

    def _team_of(self, report: TicketCreate) -> int | None:
        if report.team is None:
            return None
        if not self.actor.is_staff:
            raise NotPermitted("Only helpdesk staff choose a ticket's team.")
        return self.lookups.team(report.team).id

    def _check_tags(self, report: TicketCreate) -> None:
        if report.tags and not self.actor.is_staff:
            raise NotPermitted("Only helpdesk staff tag tickets.")

    def _locked(self, ticket_id: int, version: int | None) -> Ticket:
        ticket = self.repository.lock(self.actor, ticket_id)
        if ticket is None:
            raise TicketNotFound(ticket_id)
        if version is not None and version != ticket.version:
            raise StaleVersion(changed_meanwhile(ticket_id), current=self.read(ticket_id).model_dump(mode="json"))
        self._take_time()
        return ticket

    def _lock_with_linked(self, ticket_id: int) -> None:
        """For a ticket that the actor may read. Raises `ChangedMeanwhile` if a link was added at this moment."""
        if not self.repository.lock_with_linked(ticket_id):
            raise ChangedMeanwhile

    def _take_time(self) -> None:
        """The time is taken after the lock, so that a request that waited is later in the history than the one it
        waited for."""
        self.now = self.changes.now = datetime.now(UTC)

    def _read_after_change(self, ticket_id: int) -> TicketRead:
        """Returns the ticket after it was reported or edited. An actor who may not read it, because they made it
        confidential, reported it confidentially for somebody else, or assigned a confidential ticket to somebody else,
        becomes a follower and so can read it."""
        try:
            return self.read(ticket_id)
        except TicketNotFound:
            self.repository.follow(self.actor.person_id, ticket_id)
            return self.read(ticket_id)

    def _check_editable(self, ticket: Ticket, names: set[str]) -> None:
        refused = sorted(names - set(editable_fields(self.actor, facts_of(ticket))))
        if refused and ticket.status == Status.CLOSED:
            raise TicketAlreadyClosed(ticket.id)
        if refused:
            raise NotPermitted(f"Your role may not change {', '.join(refused)}.")
