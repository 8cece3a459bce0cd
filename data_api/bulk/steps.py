"""A step of a change of many tickets: the next few tickets, in a transaction of its own, together with the note of how
far it has come. So each ticket is changed once, however often it is stopped and continued."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from contracts.bulk import BulkChange as Change
from contracts.bulk import BulkRefusal
from data_api.bulk.each import ChangeOfEach, refusal
from data_api.bulk.repository import BulkRepository
from data_api.kit.errors import ChangedMeanwhile
from data_api.models import BulkChange, Ticket
from data_api.tickets.reactions import Expected
from data_api.tickets.service import TicketService
from service_kit.errors import LodgeError


class BulkSteps:
    """The steps that can be made in one transaction."""

    def __init__(self, session: Session, repository: BulkRepository, service: TicketService) -> None:
        self.session = session
        self.repository = repository
        self.service = service

    def make(self, bulk_id: int, most: int) -> bool:
        """Changes up to `most` tickets. Returns whether there are more. Raises OperationalError when other transactions
        keep several of them locked for too long, or wait for one of them themselves: try again with fewer."""
        row = self.repository.lock(bulk_id)
        if row is None or row.finished_at is not None:
            return False
        some = row.ticket_ids[row.place : row.place + most]
        versions = row.versions[row.place : row.place + most] if row.versions is not None else [None] * len(some)
        outcomes = self._change(Change.model_validate(row.change), some, versions)
        self._note(row, outcomes)
        return row.finished_at is None

    def _change(
        self, change: Change, ids: Sequence[int], versions: Sequence[int | None]
    ) -> Sequence[bool | BulkRefusal]:
        """Locks all of the tickets before the first is changed. A reaction may lock what all transactions share, and
        whoever holds that must not wait for a ticket any more."""
        try:
            with self.session.begin_nested():
                self.session.connection()  # only this begins the savepoint
                tickets = self.service.lock_each(ids)
        except OperationalError as error:
            if error.connection_invalidated or len(ids) > 1:
                raise
            return [refusal(ids[0], ChangedMeanwhile())]
        made = ChangeOfEach(self.service, change)
        try:
            made.check()
        except LodgeError as error:  # for example somebody was deactivated since the change was begun
            return [refusal(number, error) for number in ids]
        self.service.reactions.expected(Expected(tickets=tickets.values(), named=made.fields.keys()))
        made.look_up(ids)
        tags = self.service.repository.tags_of_each(ids)
        seen = zip(ids, versions, strict=True)
        return [self._change_one(made, number, tickets.get(number), version, tags[number]) for number, version in seen]

    def _change_one(
        self, made: ChangeOfEach, ticket_id: int, ticket: Ticket | None, version: int | None, tags: Sequence[str]
    ) -> bool | BulkRefusal:
        """Changes one ticket as a whole or not at all."""
        try:
            with self.session.begin_nested():
                self.session.connection()
                return made.make(ticket_id, ticket, version, tags)
        except LodgeError as error:
            return refusal(ticket_id, error)
        except (IntegrityError, OperationalError) as error:
            if error.connection_invalidated:
                raise
            return refusal(ticket_id, ChangedMeanwhile())

    def _note(self, row: BulkChange, outcomes: Sequence[bool | BulkRefusal]) -> None:
        refused = [outcome for outcome in outcomes if isinstance(outcome, BulkRefusal)]
        row.place += len(outcomes)
        row.done += len(outcomes) - len(refused)
        row.unchanged += sum(outcome is False for outcome in outcomes)
        row.refused = [*row.refused, *(one.model_dump() for one in refused)]
        row.stepped_at = datetime.now(UTC)
        if row.place == len(row.ticket_ids):
            row.finished_at = row.stepped_at
