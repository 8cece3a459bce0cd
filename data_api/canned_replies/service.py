"""Keeps canned replies, and offers those that fit a ticket."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from contracts.canned_replies import (
    CannedReplyCreate,
    CannedReplyQuery,
    CannedReplyRead,
    CannedReplyUpdate,
    Language,
    OfferedReply,
    OfferQuery,
    Placeholder,
    fill,
)
from contracts.pages import Page
from contracts.people import PersonBrief
from contracts.teams import TeamBrief
from data_api.access.actor import Actor
from data_api.canned_replies.errors import CannedReplyNotFound, ShortcutTaken, TooManyReplies
from data_api.canned_replies.repository import CannedReplyRepository
from data_api.kit.paging import read_cursor, write_cursor
from data_api.kit.versions import check_version
from data_api.models import CannedReply, Team
from data_api.tickets.errors import TicketNotFound
from service_kit.errors import InvalidInput

KIND = "canned replies"
MOST_KEPT = 1_000


class CannedReplyService:
    def __init__(self, actor: Actor, repository: CannedReplyRepository) -> None:
        self.actor = actor
        self.repository = repository

    def page(self, query: CannedReplyQuery) -> Page[CannedReplyRead]:
        after = read_cursor(KIND, query.cursor, (str, int)) if query.cursor else []
        rows = self.repository.page(query, after)
        shown = rows[: query.limit]
        last = shown[-1][0] if len(rows) > query.limit else None
        return Page[CannedReplyRead](
            items=[_read(row) for row in shown],
            next_cursor=write_cursor(KIND, [last.title, last.id]) if last else None,
        )

    def read(self, reply_id: int) -> CannedReplyRead:
        """Raises CannedReplyNotFound."""
        row = self.repository.find(reply_id)
        if row is None:
            raise CannedReplyNotFound(reply_id)
        return _read(row)

    def add(self, new: CannedReplyCreate) -> CannedReplyRead:
        """Raises TooManyReplies, ShortcutTaken, InvalidInput."""
        if self.repository.hold_all() >= MOST_KEPT:
            raise TooManyReplies(MOST_KEPT)
        team = self._team(new.team)
        self._check_shortcut(new.shortcut)
        values = new.model_dump(mode="json", exclude={"team"})
        values |= {"team_id": team.id if team else None, "created_by_id": self.actor.person_id}
        return self.read(self.repository.add(values).id)

    def change(self, reply_id: int, change: CannedReplyUpdate) -> CannedReplyRead:
        """Changes the fields that the request names. Raises CannedReplyNotFound, StaleVersion, ShortcutTaken,
        InvalidInput."""
        team = self._team(change.team)
        reply = self._locked(reply_id)
        check_version(change.version, reply.version, f"“{reply.title}”", self.read(reply_id))
        for name, value in change.model_dump(mode="json", exclude_unset=True, exclude={"version", "team"}).items():
            setattr(reply, name, value)
        if "team" in change.model_fields_set:
            reply.team_id = team.id if team else None
        if not reply.is_archived:
            self._check_shortcut(reply.shortcut, but=reply_id)
        reply.version += 1
        return self.read(reply_id)

    def delete(self, reply_id: int) -> None:
        """Raises CannedReplyNotFound."""
        self.repository.delete(self._locked(reply_id))

    def offered(self, ticket_id: int, query: OfferQuery) -> list[OfferedReply]:
        """Returns the replies that fit the ticket best, filled in for it. Raises TicketNotFound."""
        facts = self.repository.facts(self.actor, ticket_id)
        if facts is None:
            raise TicketNotFound(ticket_id)
        language = self.repository.language_of(f"{facts.title} {facts.description}")
        teams = [team_id for team_id in (facts.team_id, facts.own_team_id) if team_id is not None]
        rows = self.repository.offered(query.q, list(dict.fromkeys(teams)), language, query.limit)
        values = {
            Placeholder.REQUESTER: facts.requester,
            Placeholder.NUMBER: str(ticket_id),
            Placeholder.AGENT: self.actor.name,
            Placeholder.BUILDING: facts.building,
        }
        return [_offered(reply, _team_brief(slug, name), values) for reply, slug, name in rows]

    # -- inside -----------------------------------------------------------------------------------------------------

    def _locked(self, reply_id: int) -> CannedReply:
        reply = self.repository.lock(reply_id)
        if reply is None:
            raise CannedReplyNotFound(reply_id)
        return reply

    def _team(self, slug: str | None) -> Team | None:
        team = self.repository.team(slug) if slug else None
        if slug and team is None:
            raise InvalidInput.in_field("body.team", f"there is no team {slug}")
        return team

    def _check_shortcut(self, shortcut: str | None, but: int | None = None) -> None:
        if shortcut and self.repository.is_taken(shortcut, but):
            raise ShortcutTaken(f"Another canned reply has the shortcut /{shortcut}.")


def _team_brief(slug: str | None, name: str | None) -> TeamBrief | None:
    return TeamBrief(slug=slug, name=name) if slug and name else None


def _read(row: Sequence[Any]) -> CannedReplyRead:
    reply: CannedReply
    last: datetime | None
    reply, slug, team, author, uses, last = row
    return CannedReplyRead(
        id=reply.id,
        title=reply.title,
        text=reply.text,
        shortcut=reply.shortcut,
        team=_team_brief(slug, team),
        language=Language(reply.language) if reply.language else None,
        is_archived=reply.is_archived,
        uses=uses,
        last_used_at=last,
        created_by=PersonBrief(id=reply.created_by_id, name=author) if reply.created_by_id else None,
        created_at=reply.created_at,
        version=reply.version,
    )


def _offered(reply: CannedReply, team: TeamBrief | None, values: dict[Placeholder, str | None]) -> OfferedReply:
    text, missing = fill(reply.text, values)
    return OfferedReply(
        id=reply.id,
        title=reply.title,
        shortcut=reply.shortcut,
        team=team,
        language=Language(reply.language) if reply.language else None,
        text=text,
        missing=missing,
    )
