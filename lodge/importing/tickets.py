"""A CSV file with a ticket in each row."""

import hashlib
from collections import Counter
from collections.abc import Iterator

from contracts.people import Role
from contracts.tickets import EventKind, Status
from lodge.importing.drafts import PersonDraft, Stage, TicketDraft
from lodge.importing.fields import NAME, FieldReader, checked, text_of
from lodge.importing.mapping import TicketsMapping
from lodge.importing.reading import NumberedRow
from lodge.importing.refusals import Refusals, RowRefused
from lodge.terminal import quoted


class TicketRows:
    """Makes drafts of rows. A row of which the file says only its end has a history of its beginning and its end."""

    def __init__(self, mapping: TicketsMapping, reader: FieldReader) -> None:
        self.rules = mapping.ticket
        self.reader = reader
        self.lines: dict[str, int] = {}
        self.seen: Counter[str] = Counter()

    def drafts(self, rows: Iterator[NumberedRow], refusals: Refusals) -> Iterator[TicketDraft]:
        for row in rows:
            try:
                yield self._draft(row)
            except RowRefused as refused:
                refusals.add(row.line, str(refused))

    def _draft(self, row: NumberedRow) -> TicketDraft:
        if row.problem:
            raise RowRefused(row.problem)
        opened_at = self.reader.moment("opened_at", self.rules.opened_at.of(row.values))
        draft = self.reader.draft(self.rules, row.values, row.line, self._id(row), opened_at)
        draft.record(EventKind.OPENED, None, Status.OPEN.value, draft.requester, opened_at)
        if assignee := text_of(self.rules.assignee, row.values):
            draft.assign(PersonDraft(Role.AGENT, checked(NAME, "assignee", assignee)), None, opened_at)
        self._finish(draft, row)
        return draft

    def _id(self, row: NumberedRow) -> str:
        """The row's own id; without one, what the row holds and how often that came before."""
        if self.rules.id is None:
            whole = hashlib.sha256("\x1f".join(row.values.values()).encode()).hexdigest()
            self.seen[whole] += 1
            return f"{whole[:32]}-{self.seen[whole]}"
        source_id = self.rules.id.of(row.values)
        if source_id in self.lines:
            raise RowRefused(f"id: {quoted(source_id)} stands on line {self.lines[source_id]} already")
        self.lines[source_id] = row.line
        return source_id

    def _finish(self, draft: TicketDraft, row: NumberedRow) -> None:
        """Moves it to where the row says that it stands."""
        closed = text_of(self.rules.closed_at, row.values)
        closed_at = self.reader.moment("closed_at", closed) if closed else None
        stage = self._stage(text_of(self.rules.status, row.values), is_closed=closed_at is not None)
        if (stage.status is Status.CLOSED) != (closed_at is not None):
            told = "there is no closed_at" if closed_at is None else "there is a closed_at"
            raise RowRefused(f"status: it is {stage.status.value}, but {told}")
        if closed_at and closed_at < draft.opened_at:
            raise RowRefused(f"closed_at: {closed_at:%Y-%m-%d %H:%M} is before it was opened")
        draft.move(stage, None, closed_at or draft.opened_at)
        draft.closed_at = closed_at
        draft.modified_at = closed_at or draft.opened_at

    def _stage(self, word: str, *, is_closed: bool) -> Stage:
        """A status means its first stage; a stage may be named as well."""
        lists = self.reader.lists
        word = word or (Status.CLOSED if is_closed else Status.OPEN).value
        if word in list(Status):
            return lists.first_stage(Status(word))
        for stage in lists.stages:
            if stage.slug == word:
                return stage
        raise RowRefused(f"status: there is no {quoted(word)}, only {', '.join(Status)} and the stages of the board")
