"""Saving views of the queue, sharing them with a team, and counting what each finds."""

from collections.abc import Sequence
from datetime import UTC, datetime

from contracts.people import Permission, PersonBrief
from contracts.teams import TeamBrief
from contracts.tickets import TicketQuery
from contracts.views import MOST_POSITION, ViewCount, ViewCounts, ViewCreate, ViewRead, ViewUpdate, ticket_query
from data_api.access.actor import Actor
from data_api.kit.versions import check_version
from data_api.models import Team
from data_api.tickets.list_repository import Count, TicketListRepository
from data_api.views.built_in import BUILT_IN
from data_api.views.errors import TooManyViews, ViewNotFound
from data_api.views.kept_counts import KeptCounts
from data_api.views.repository import ViewRepository, ViewRow
from service_kit.errors import InvalidInput, NotPermitted

MOST_OWN = 50
MOST_OF_TEAM = 50
MOST_COUNTED = 999


class ViewService:
    def __init__(
        self, actor: Actor, repository: ViewRepository, lists: TicketListRepository, kept_counts: KeptCounts
    ) -> None:
        self.actor = actor
        self.repository = repository
        self.lists = lists
        self.kept_counts = kept_counts

    def views(self) -> list[ViewRead]:
        """Returns the views that everybody has, then this person's own, then others' that their team shares."""
        return [*BUILT_IN, *map(self._as_read, self.repository.all())]

    def counts(self) -> ViewCounts:
        snapshot = self.repository.snapshot()
        if (kept := self.kept_counts.find(self.actor, snapshot)) is not None:
            return kept
        views = self.views()
        queries = _queries(views)
        found = self.lists.count_each(self.actor, queries, MOST_COUNTED)
        counts = ViewCounts(counts=[_count(view, count) for view, count in zip(views, found, strict=True)])
        if all(count is not None or query is None for count, query in zip(found, queries, strict=True)):
            self.kept_counts.keep(self.actor, snapshot, counts)
        return counts

    def read(self, view_id: int) -> ViewRead:
        return self._as_read(self._found(self.repository.find(view_id), view_id))

    def save(self, new: ViewCreate) -> ViewRead:
        """Raises TooManyViews, InvalidInput."""
        number, last = self.repository.hold_mine()
        if number >= MOST_OWN:
            raise TooManyViews(f"You keep {MOST_OWN} views, and nobody may keep more; delete one first.")
        team = self._team_to_share_with(new.team)
        values = new.model_dump(exclude={"team"}) | {"team_id": team.id if team else None}
        if new.position is None:
            values["position"] = 0 if last is None else min(last + 1, MOST_POSITION)
        return self._as_read(ViewRow(self.repository.add(values), self.actor.name, team))

    def change(self, view_id: int, change: ViewUpdate) -> ViewRead:
        """Changes the fields that the request names. Raises ViewNotFound, NotPermitted, StaleVersion, TooManyViews,
        InvalidInput."""
        team = self._team_to_share_with(change.team, but=view_id)
        row = self._to_change(view_id)
        view = row.view
        check_version(change.version, view.version, f"“{view.name}”", self._as_read(row))
        for name, value in change.model_dump(exclude_unset=True, exclude={"version", "team"}).items():
            setattr(view, name, value)
        if "team" in change.model_fields_set:
            view.team_id = team.id if team else None
            row = row._replace(team=team)
        view.version += 1
        view.modified_at = datetime.now(UTC)
        return self._as_read(row)

    def delete(self, view_id: int) -> None:
        """Raises ViewNotFound, NotPermitted."""
        self.repository.delete(self._to_change(view_id).view)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _team_to_share_with(self, slug: str | None, but: int | None = None) -> Team | None:
        """Returns the team, and keeps its views from becoming too many; `but` is a view that may be among them already.
        The team is locked before the view, as when a team is deleted."""
        if slug is None:
            return None
        team = self.repository.hold_team(slug)
        if team is None:
            raise InvalidInput.in_field("body.team", f"there is no team {slug} that you are in")
        if self.repository.count_of(team, but) >= MOST_OF_TEAM:
            raise TooManyViews(
                f"{team.name} shares {MOST_OF_TEAM} views, and no team may share more; delete one first."
            )
        return team

    def _to_change(self, view_id: int) -> ViewRow:
        row = self._found(self.repository.lock(view_id), view_id)
        if not self._may_change(row):
            raise NotPermitted(
                f"Only {row.owner} and those who manage teams may change this view. Save a copy instead."
            )
        return row

    def _may_change(self, row: ViewRow) -> bool:
        return row.view.owner_id == self.actor.person_id or self.actor.may(Permission.TEAMS_MANAGE)

    def _found(self, row: ViewRow | None, view_id: int) -> ViewRow:
        if row is None:
            raise ViewNotFound(view_id)
        return row

    def _as_read(self, row: ViewRow) -> ViewRead:
        view, team = row.view, row.team
        return ViewRead(
            id=view.id,
            slug=None,
            name=view.name,
            query=view.query,
            columns=view.columns,
            is_dense=view.is_dense,
            team=TeamBrief(slug=team.slug, name=team.name) if team else None,
            owner=PersonBrief(id=view.owner_id, name=row.owner),
            is_mine=view.owner_id == self.actor.person_id,
            may_change=self._may_change(row),
            version=view.version,
            position=view.position,
        )


def _queries(views: Sequence[ViewRead]) -> list[TicketQuery | None]:
    return [_query(view) for view in views]


def _query(view: ViewRead) -> TicketQuery | None:
    """Returns None for a view with a filter that there is no more."""
    try:
        return ticket_query(view.query)
    except ValueError:
        return None


def _count(view: ViewRead, count: Count | None) -> ViewCount:
    if count is None:
        return ViewCount(view=view.key, total=None, capped=True)
    return ViewCount(view=view.key, total=count.total, capped=count.is_capped)
