"""Imports an event log: each line is an event of a case, and each case becomes a ticket."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from contracts.base import one_line
from contracts.people import Role
from contracts.tickets import EventKind, Status
from lodge.errors import LodgeError
from lodge.importing.drafts import ACTIVITY, PersonDraft, Stage, TicketDraft
from lodge.importing.fields import LINE, NAME, FieldReader, checked, text_of
from lodge.importing.mapping import EventLogMapping
from lodge.importing.moments import ReadMoment, is_in_order, runs_backwards, settled
from lodge.importing.reading import NumberedRow
from lodge.importing.refusals import Refusals, RowRefused
from lodge.importing.templates import Row
from lodge.terminal import quoted


@dataclass
class LogEvent:
    moment: ReadMoment
    line: int
    activity: str
    actor: PersonDraft | None
    row: Row

    @property
    def at(self) -> datetime:
        return self.moment.at


@dataclass
class Case:
    events: list[LogEvent] = field(default_factory=list)
    is_refused: bool = False

    @property
    def moments(self) -> list[ReadMoment]:
        return [event.moment for event in self.events]


def _left_out(case: str) -> str:
    return f" ({quoted(case)} is left out)" if case else ""


class EventLog:
    """Makes drafts of cases. One refused line refuses its whole case, because the ticket would be incomplete."""

    def __init__(self, mapping: EventLogMapping, reader: FieldReader) -> None:
        self.mapping = mapping
        self.reader = reader
        self.lifecycle = mapping.lifecycle
        self.first_active = reader.lists.first_stage(Status.ACTIVE)
        self.first_closed = reader.lists.first_stage(Status.CLOSED)
        self.stages = self._stages(reader.lists.stages)

    def drafts(self, rows: Iterator[NumberedRow], refusals: Refusals) -> Iterator[TicketDraft]:
        """Yields the tickets in the order in which they were opened. The whole log is read first, because a case's
        lines may be anywhere in it."""
        cases: dict[str, Case] = {}
        for row in rows:
            self._collect(cases, row, refusals)
        self._put_in_order(list(cases.values()))
        drafts = [self._draft(name, case, refusals) for name, case in cases.items()]
        yield from sorted(filter(None, drafts), key=lambda draft: draft.opened_at)

    def _stages(self, present: list[Stage]) -> dict[str, Stage]:
        """Returns, by activity, the active stage that it moves a ticket to. Raises LodgeError for an unknown stage."""
        by_slug = {stage.slug: stage for stage in present}
        unknown = [slug for slug in self.lifecycle.stages.values() if slug not in by_slug]
        if unknown:
            raise LodgeError(f"lifecycle.stages: the board has no {', '.join(unknown)}, only {', '.join(by_slug)}")
        moves = {activity: by_slug[slug] for activity, slug in self.lifecycle.stages.items()}
        return moves | dict.fromkeys(self.lifecycle.active, self.first_active)

    def _collect(self, cases: dict[str, Case], row: NumberedRow, refusals: Refusals) -> None:
        """Adds a line's event to its case. A bad line refuses its case; a line that names no case is refused alone."""
        said = self.mapping.event.case.of(row.row)
        name = one_line(said)  # normalised as it is stored, so that two spellings of one id are one case
        case = cases.setdefault(name, Case()) if name else Case()
        try:
            if row.problem:
                raise row.problem
            if not name:
                raise RowRefused("case: is missing")
            case.events.append(self._event(row))
        except RowRefused as refused:
            case.is_refused = True
            refusals.add(row.line, refused, _left_out(said))

    def _event(self, row: NumberedRow) -> LogEvent:
        rules = self.mapping.event
        resource = text_of(rules.resource, row.row)
        return LogEvent(
            moment=self.reader.moments.read("time", rules.time.of(row.row)),
            line=row.line,
            activity=checked(LINE, "activity", rules.activity.of(row.row)),
            actor=PersonDraft(Role.AGENT, checked(NAME, "resource", resource)) if resource else None,
            row=row.row,
        )

    def _put_in_order(self, cases: list[Case]) -> None:
        """Sorts the events into the order in which they happened; a file may list the latest first.

        A time in an hour that clocks showed twice, because they were put back, is ambiguous. Then the order of the
        lines decides: of the whole file's if they are in order of time, else of each case's.
        """
        everything = sorted((event for case in cases for event in case.events), key=lambda event: event.line)
        moments = [event.moment for event in everything]
        if runs_backwards(moments, [case.moments for case in cases]):
            moments.reverse()
            for events in (everything, *(case.events for case in cases)):
                events.reverse()
        for events in [everything] if is_in_order(moments) else [case.events for case in cases]:
            for event, moment in zip(events, settled(event.moment for event in events), strict=True):
                event.moment = moment

    def _draft(self, name: str, case: Case, refusals: Refusals) -> TicketDraft | None:
        if case.is_refused:
            return None
        try:
            return self._ticket(name, sorted(case.events, key=lambda event: event.at))
        except RowRefused as refused:
            refusals.add(min(event.line for event in case.events), refused, _left_out(name))
            return None

    def _ticket(self, name: str, events: list[LogEvent]) -> TicketDraft:
        first, last = events[0], events[-1]
        draft = self.reader.draft(self.mapping.ticket, first.row, first.line, name, first.at)
        draft.record(EventKind.OPENED, None, Status.OPEN.value, first.actor, first.at)
        for event, following in zip(events, [*events[1:], None], strict=True):
            self._apply(draft, event, is_last_word=following is None or following.activity != event.activity)
        draft.modified_at = last.at
        return draft

    def _apply(self, draft: TicketDraft, event: LogEvent, *, is_last_word: bool) -> None:
        """Applies an event to the draft. When a closing activity is repeated in a row, only the last event closes."""
        draft.record(ACTIVITY, None, event.activity, event.actor, event.at)
        if event.activity in self.lifecycle.closed:
            if is_last_word:
                draft.move(self.first_closed, event.actor, event.at)
            return
        draft.move(self._stage_after(draft, event.activity), event.actor, event.at)
        if event.activity in self.lifecycle.active and event.actor:
            draft.assign(event.actor, event.actor, event.at)
        if event.activity in self.lifecycle.first_response and draft.first_response_at is None:
            draft.first_response_at = event.at

    def _stage_after(self, draft: TicketDraft, activity: str) -> Stage:
        """Returns the stage after the activity. Any activity that does not close a ticket reopens a closed one."""
        reopens = draft.stage.status is Status.CLOSED
        resumes = activity in self.lifecycle.resumes and draft.stage.status is Status.ACTIVE
        return self.stages.get(activity) or (self.first_active if reopens or resumes else draft.stage)
