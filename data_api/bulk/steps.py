"""A step of a change of many tickets: the next few tickets, in a transaction of its own, together with the note of how
far it has come. So each ticket is changed once, however often it is stopped and continued."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from contracts.bulk import BulkChange as Change
from contracts.bulk import BulkRefusal
from data_api.bulk.change_applier import ChangeApplier, refusal
from data_api.bulk.gathered_writes import GatheredWrites
from data_api.bulk.repository import BulkRepository
from data_api.kit.errors import ChangedMeanwhile
from data_api.models import BulkChange, Ticket
from data_api.tickets.reactions import Expected
from data_api.tickets.service import TicketService
from service_kit.errors import LodgeError


class BulkSteps:
    """The steps that can be made in one transaction."""

    def __init__(
        self, session: Session, repository: BulkRepository, service: Callable[[GatheredWrites], TicketService]
    ) -> None:
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
        """Changes these tickets together. If one of them cannot be written, each is changed by itself."""
        try:
            with self.session.begin_nested():
                self.session.connection()  # only this begins the savepoint
                return self._change_together(change, ids, versions)
        except OperationalError as error:
            if error.connection_invalidated or len(ids) > 1:
                raise
        except IntegrityError:
            if len(ids) > 1:
                each = zip(ids, versions, strict=True)
                return [self._change(change, [number], [version])[0] for number, version in each]
        return [refusal(ids[0], ChangedMeanwhile())]

    def _change_together(
        self, change: Change, ids: Sequence[int], versions: Sequence[int | None]
    ) -> Sequence[bool | BulkRefusal]:
        """Locks all of the tickets before the first is changed. A reaction may lock what all transactions share, and
        whoever holds that must not wait for a ticket any more."""
        writes = GatheredWrites(self.session)
        service = self.service(writes)
        tickets = service.lock_each(ids)
        applier = ChangeApplier(service, change)
        try:
            applier.check()
        except LodgeError as error:  # for example somebody was deactivated since the change was begun
            return [refusal(number, error) for number in ids]
        service.reactions.expected(Expected(actor=service.actor, tickets=tickets.values(), named=applier.named))
        applier.look_up_blockers(ids)
        seen = zip(ids, versions, strict=True)
        outcomes = [_change_one(applier, number, tickets.get(number), version) for number, version in seen]
        refused = {outcome.id for outcome in outcomes if isinstance(outcome, BulkRefusal)}
        changed = [ticket for number, ticket in tickets.items() if number not in refused]
        writes.write(changed)
        service.reactions.all_changed(changed)
        return outcomes

    def _note(self, row: BulkChange, outcomes: Sequence[bool | BulkRefusal]) -> None:
        refused = [outcome for outcome in outcomes if isinstance(outcome, BulkRefusal)]
        row.place += len(outcomes)
        row.done += len(outcomes) - len(refused)
        row.unchanged += sum(outcome is False for outcome in outcomes)
        row.refused = [*row.refused, *(one.model_dump() for one in refused)]
        row.stepped_at = datetime.now(UTC)
        if row.place == len(row.ticket_ids):
            row.finished_at = row.stepped_at


def _change_one(
    applier: ChangeApplier, ticket_id: int, ticket: Ticket | None, version: int | None
) -> bool | BulkRefusal:
    """Changes one ticket as a whole or not at all: of one that is refused, nothing is written."""
    try:
        return applier.apply(ticket_id, ticket, version)
    except LodgeError as error:
        return refusal(ticket_id, error)
