"""Finds the tickets that rows link to, and leaves out links that the desk itself would refuse."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from contracts.links import MOST_LINKS, Link, LinkKind
from data_api.links.repository import StoredLink
from data_api.links.service import stored as as_stored
from lodge.importing.refusals import RowRefused
from lodge.terminal import quoted


class NamedLink(NamedTuple):
    """A link that a row tells: its ticket, the row's line, and the other ticket's id in the source."""

    ticket_id: int
    line: int
    kind: LinkKind
    other: str


class Links:
    """Checks links one after the other. `blocking` are pairs of tickets of which one blocks the other already, and
    `counts` says how many links a ticket has."""

    def __init__(self, blocking: Iterable[tuple[int, int]], counts: dict[int, int]) -> None:
        self._blocked: defaultdict[int, set[int]] = defaultdict(set)
        self._blockers: defaultdict[int, set[int]] = defaultdict(set)
        for ticket, other in blocking:
            self._note_block(ticket, other)
        self._counts = Counter(counts)
        self._seen: set[StoredLink] = set()

    def check(self, link: NamedLink, other_id: int | None) -> StoredLink | None:
        """Returns the link, or None when it was told before, as by the other ticket's row. Raises RowRefused."""
        if other_id is None:
            raise RowRefused(f"links: the source has no ticket {quoted(link.other)} here")
        if other_id == link.ticket_id:
            raise RowRefused(f"links: {quoted(link.other)} is the ticket itself")
        stored = as_stored(link.ticket_id, Link(kind=link.kind, ticket=other_id))
        if stored in self._seen:
            return None
        one, other, _ = stored
        for ticket in (one, other):
            if self._counts[ticket] >= MOST_LINKS:
                raise RowRefused(f"links: {quoted(link.other)} would be more than {MOST_LINKS} links of one ticket")
        if stored.kind == LinkKind.DUPLICATES and stored._replace(ticket_id=other, other_id=one) in self._seen:
            raise RowRefused(f"links: {quoted(link.other)}: the two would be duplicates of each other")
        if stored.kind == LinkKind.BLOCKS and self._is_blocked_by(other, one):
            raise RowRefused(f"links: {quoted(link.other)}: the two would block each other, also by way of others")
        self._note(stored)
        return stored

    def _note(self, link: StoredLink) -> None:
        self._seen.add(link)
        self._counts.update((link.ticket_id, link.other_id))
        if link.kind == LinkKind.BLOCKS:
            self._note_block(link.ticket_id, link.other_id)

    def _note_block(self, ticket: int, other: int) -> None:
        self._blocked[ticket].add(other)
        self._blockers[other].add(ticket)

    def _is_blocked_by(self, blocker: int, ticket: int) -> bool:
        """Returns whether `blocker` blocks the ticket, or one that blocks it, and so on. Looks from both ends in turn,
        and is done as soon as one of them leads no further: a long chain is then told in any order without going
        through all of it for each of its links."""
        found, left = ({blocker}, {ticket}), ([blocker], [ticket])
        while left[0] and left[1]:
            for near, far, beyond in ((0, 1, self._blocked), (1, 0, self._blockers)):
                if not left[near]:
                    return False
                new = beyond.get(left[near].pop(), set()) - found[near]
                if new & found[far]:
                    return True
                found[near].update(new)
                left[near].extend(new)
        return False
