"""Imports a CSV file with one ticket in each row."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.people import Role
from contracts.tickets import EventKind, Status
from lodge.importing.drafts import ACTIVITY, LinkDraft, NoteDraft, PersonDraft, Stage, TicketDraft
from lodge.importing.fields import NAME, PARAGRAPHS, SOURCE_ID, FieldReader, checked, text_of
from lodge.importing.mapping import NoteRule, TicketsMapping, ValueRule
from lodge.importing.moments import ReadMoment
from lodge.importing.reading import NumberedRow
from lodge.importing.refusals import Refusals, RowRefused
from lodge.importing.templates import Row
from lodge.terminal import quoted

# The activities recorded for moments at which the status may have changed in a way that the file does not tell.
ACKNOWLEDGED, REOPENED = "Acknowledged", "Reopened"
UNKNOWN = PersonDraft(Role.AGENT, "Unknown")  # who wrote a note of which the row tells no author, and has no assignee


@dataclass(frozen=True)
class Course:
    """The moments at which things happened to a ticket, as its row gives them."""

    opened: ReadMoment
    acknowledged: ReadMoment | None
    responded: ReadMoment | None
    reopened: ReadMoment | None
    closed: ReadMoment | None

    @property
    def undone(self) -> ReadMoment | None:
        """Returns the closing after which the ticket was reopened, or None."""
        return self.closed if self.closed and self.reopened and self.closed.at <= self.reopened.at else None

    @property
    def status(self) -> Status:
        """Returns the status that follows from the moments, for rows that give no status."""
        if self.closed and not self.undone:
            return Status.CLOSED
        return Status.ACTIVE if self.acknowledged or self.reopened else Status.OPEN

    @property
    def latest_before_closing(self) -> datetime:
        known = [self.opened, self.acknowledged, self.reopened]
        return max(moment.at for moment in known if moment)


class TicketRows:
    """Makes drafts of rows. If a row gives only a final state, its ticket's history has the opening and that state."""

    def __init__(self, mapping: TicketsMapping, reader: FieldReader) -> None:
        self.mapping = mapping
        self.rules = mapping.ticket
        self.reader = reader
        self.lines: dict[str, int] = {}
        self.seen: Counter[str] = Counter()

    def drafts(self, rows: Iterator[NumberedRow], refusals: Refusals) -> Iterator[TicketDraft]:
        for row in rows:
            try:
                yield self._draft(row)
            except RowRefused as refused:
                refusals.add(row.line, refused)

    def _draft(self, row: NumberedRow) -> TicketDraft:
        if row.problem:
            raise row.problem
        opened = self.reader.moments.read("opened_at", self.rules.opened_at.of(row.row))
        acknowledged = self._moment("acknowledged_at", self.rules.acknowledged_at, row.row, opened)
        course = Course(
            opened=opened,
            acknowledged=acknowledged,
            responded=self._moment("first_response_at", self.rules.first_response_at, row.row, opened),
            reopened=self._moment("reopened_at", self.rules.reopened_at, row.row, opened),
            closed=self._moment("closed_at", self.rules.closed_at, row.row, opened, acknowledged),
        )
        draft = self.reader.draft(self.rules, row.row, row.line, self._id(row), opened.at)
        draft.record(EventKind.OPENED, None, Status.OPEN.value, draft.requester, opened.at)
        name = text_of(self.rules.assignee, row.row)
        assignee = PersonDraft(Role.AGENT, checked(NAME, "assignee", name)) if name else None
        self._go(draft, course, text_of(self.rules.status, row.row), assignee)
        draft.notes = [note for rule in self.rules.notes if (note := self._note(rule, row.row, draft, opened))]
        draft.links = [
            LinkDraft(rule.kind, checked(SOURCE_ID, "links", other))
            for rule in self.rules.links
            for other in rule.items(row.row)
        ]
        draft.files = list(dict.fromkeys(name for rule in self.rules.attachments for name in rule.items(row.row)))
        return draft

    def _note(self, rule: NoteRule, row: Row, draft: TicketDraft, opened: ReadMoment) -> NoteDraft | None:
        """Returns an internal note, or None when the row has no text for it."""
        text = self.reader.plain_text("notes", rule.text.of(row))
        if not text:
            return None
        at = self._moment("notes", rule.at, row, opened)
        name = text_of(rule.author, row)
        author = PersonDraft(Role.AGENT, checked(NAME, "notes", name)) if name else draft.assignee
        return NoteDraft(
            body=self.reader.checked(PARAGRAPHS, "notes", text),
            author=author or UNKNOWN,
            at=at.at if at else draft.modified_at,
        )

    def _moment(
        self, field: str, rule: ValueRule | None, row: Row, opened: ReadMoment, *after: ReadMoment | None
    ) -> ReadMoment | None:
        """Returns a field's moment, or None when the row has none. An ambiguous text is read so that, if possible, it
        is not before `opened` and `after`. Raises RowRefused when it is before `opened`."""
        text = text_of(rule, row)
        if not text:
            return None
        moment = self.reader.moments.read(field, text)
        for earlier in filter(None, (opened, *after)):
            moment = moment.not_before(earlier)
        if moment.at < opened.at:
            raise RowRefused(f"{field}: {quoted(text)} is before it was opened ({quoted(opened.text)})")
        return moment

    def _id(self, row: NumberedRow) -> str:
        """Returns the row's id. If the mapping names no id, it is made of a digest of the row's content and the number
        of rows with this content so far."""
        if self.rules.id is None:
            whole = hashlib.sha256("\x1f".join(row.row.all(name)[-1] for name in row.row.columns).encode()).hexdigest()
            self.seen[whole] += 1
            return f"{whole[:32]}-{self.seen[whole]}"
        source_id = checked(SOURCE_ID, "id", self.rules.id.of(row.row))
        if source_id in self.lines:
            raise RowRefused(f"id: {quoted(source_id)} stands on line {self.lines[source_id]} already")
        self.lines[source_id] = row.line
        return source_id

    def _go(self, draft: TicketDraft, course: Course, word: str, assignee: PersonDraft | None) -> None:
        """Records what the row says happened, and moves the ticket to the stage that it has at the end."""
        stage, closing = self._end(course, self._stage(word, course))
        acknowledged = course.acknowledged
        if acknowledged and closing and acknowledged.at > closing:
            shown = course.closed.text if course.closed else ""
            raise RowRefused(f"acknowledged_at: {quoted(acknowledged.text)} is after it was closed ({quoted(shown)})")
        if assignee:
            draft.assign(assignee, None, acknowledged.at if acknowledged else course.opened.at)
        if acknowledged:
            self._acknowledge(draft, stage, assignee, acknowledged.at)
        if course.undone:
            draft.move(self.reader.lists.first_stage(Status.CLOSED), None, course.undone.at)
        if course.reopened and not course.undone:
            # The row says when the ticket was reopened, but not when it had been closed before: it is recorded as an
            # activity, because the history cannot show a change from closed to active.
            draft.record(ACTIVITY, None, REOPENED, None, course.reopened.at)
        draft.move(stage, None, closing or course.latest_before_closing)
        draft.first_response_at = course.responded.at if course.responded else None
        draft.modified_at = max([event.at for event in draft.events])

    def _acknowledge(self, draft: TicketDraft, stage: Stage, actor: PersonDraft | None, at: datetime) -> None:
        """Records that work began: the ticket becomes active, unless its final status is open."""
        if stage.status is Status.OPEN:
            draft.record(ACTIVITY, None, ACKNOWLEDGED, actor, at)
        else:
            is_there = stage.status is Status.ACTIVE
            draft.move(stage if is_there else self.reader.lists.first_stage(Status.ACTIVE), actor, at)

    def _end(self, course: Course, stage: Stage) -> tuple[Stage, datetime | None]:
        """Returns the ticket's final stage and, if it is closed, when it was closed. When status and closing time
        contradict each other, the mapping decides."""
        closed = None if course.undone else course.closed
        if (stage.status is Status.CLOSED) == (closed is not None):
            return stage, closed.at if closed else None
        return self._end_with_date(stage, closed) if closed else self._end_without_date(stage, course)

    def _end_with_date(self, stage: Stage, closed: ReadMoment) -> tuple[Stage, datetime | None]:
        if self.mapping.open_with_date == "closed":
            return self.reader.lists.first_stage(Status.CLOSED), closed.at
        if self.mapping.open_with_date == "open":
            return stage, None
        raise RowRefused(
            f"status: it is {stage.status.value}, but there is a closed_at ({quoted(closed.text)})",
            kind=f"status: {stage.status.value} with closed_at",
            hint="`open_with_date: open` passes over the closing time of such rows, `open_with_date: closed` "
            "closes them.",
        )

    def _end_without_date(self, stage: Stage, course: Course) -> tuple[Stage, datetime | None]:
        if self.mapping.closed_without_date == "when-opened":
            return stage, course.latest_before_closing
        if self.mapping.closed_without_date == "open":
            return self._stage("", replace(course, closed=None)), None
        reopened = course.reopened if course.undone else None
        after = f"; it was reopened ({quoted(reopened.text)}) after it" if reopened else ""
        raise RowRefused(
            f"status: it is closed, but there is no closed_at{after}",
            hint="`closed_without_date: when-opened` closes such tickets when they were opened, `closed_without_date: "
            "open` leaves them open; the `default` of closed_at may name another column.",
        )

    def _stage(self, word: str, course: Course) -> Stage:
        """Returns the stage with this slug, or the first stage of this status. An empty word means the status that
        follows from the moments. Raises RowRefused for an unknown word."""
        lists = self.reader.lists
        word = word or course.status.value
        if word.lower() in list(Status):
            return lists.first_stage(Status(word.lower()))
        for stage in lists.stages:
            if stage.slug == word:
                return stage
        raise RowRefused(
            f"status: there is no {quoted(word)}, only {', '.join(Status)} and the stages of the board",
            hint="Statuses are translated by `values`, the rest of them by `otherwise`.",
        )
