"""Finds the tickets that rows link to, and leaves out links that the desk itself would refuse."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from contracts.links import MOST_LINKS, LinkKind
from lodge.importing.refusals import RowRefused
from lodge.terminal import quoted


class NamedLink(NamedTuple):
    """A link that a row tells: its ticket, the row's line, and the other ticket's id in the source."""

    ticket_id: int
    line: int
    kind: LinkKind
    other: str


class StoredLink(NamedTuple):
    """A link as the database has it: `kind` is what the ticket is to the other one."""

    ticket_id: int
    other_id: int
    kind: LinkKind


class Links:
    """Checks links one after the other. `blocking` are pairs of tickets of which one blocks the other already, and
    `counts` says how many links a ticket has."""

    def __init__(self, blocking: Iterable[tuple[int, int]], counts: dict[int, int]) -> None:
        self._blocked: defaultdict[int, set[int]] = defaultdict(set)
        for ticket, other in blocking:
            self._blocked[ticket].add(other)
        self._counts = Counter(counts)
        self._seen: set[StoredLink] = set()

    def check(self, link: NamedLink, other_id: int | None) -> StoredLink | None:
        """Returns the link, or None when it was told before, as by the other ticket's row. Raises RowRefused."""
        if other_id is None:
            raise RowRefused(f"links: the source has no ticket {quoted(link.other)} here")
        if other_id == link.ticket_id:
            raise RowRefused(f"links: {quoted(link.other)} is the ticket itself")
        stored = as_stored(link.ticket_id, other_id, link.kind)
        if stored in self._seen:
            return None
        for ticket in stored[:2]:
            if self._counts[ticket] >= MOST_LINKS:
                raise RowRefused(f"links: {quoted(link.other)} would be more than {MOST_LINKS} links of one ticket")
        if stored.kind is LinkKind.BLOCKS and self._is_blocked_by(stored.other_id, stored.ticket_id):
            raise RowRefused(f"links: {quoted(link.other)}: the two would block each other, also by way of others")
        self._note(stored)
        return stored

    def _note(self, link: StoredLink) -> None:
        self._seen.add(link)
        self._counts.update(link[:2])
        if link.kind is LinkKind.BLOCKS:
            self._blocked[link.ticket_id].add(link.other_id)

    def _is_blocked_by(self, blocker: int, ticket: int) -> bool:
        """Returns whether `blocker` blocks the ticket, or one that blocks it, and so on."""
        found, left = {blocker}, [blocker]
        while left:
            new = self._blocked.get(left.pop(), set()) - found
            found |= new
            left += new
        return ticket in found


def as_stored(ticket_id: int, other_id: int, kind: LinkKind) -> StoredLink:
    """Returns the link from the side from which it is stored, so that each is stored once."""
    if kind is LinkKind.RELATES_TO:
        return StoredLink(min(ticket_id, other_id), max(ticket_id, other_id), kind)
    if kind is LinkKind.DUPLICATED_BY:
        return StoredLink(other_id, ticket_id, LinkKind.DUPLICATES)
    if kind is LinkKind.BLOCKED_BY:
        return StoredLink(other_id, ticket_id, LinkKind.BLOCKS)
    return StoredLink(ticket_id, other_id, kind)
