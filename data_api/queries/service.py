"""Saving queries, sharing them, and the history of what somebody ran."""

from datetime import UTC, datetime

from contracts.pages import Page, PageQuery
from contracts.people import Permission, PersonBrief
from contracts.queries import (
    QueryParameter,
    QueryRunCreate,
    QueryRunRead,
    RunState,
    SavedQueryBrief,
    SavedQueryCreate,
    SavedQueryQuery,
    SavedQueryRead,
    SavedQueryUpdate,
)
from contracts.sql_charts import SqlChart
from data_api.access.actor import Actor
from data_api.kit.errors import NotFound, StaleVersion
from data_api.kit.paging import read_cursor, write_cursor
from data_api.models import QueryRun, SavedQuery
from data_api.queries.errors import QueryNotFound, TooManyQueries
from data_api.queries.repository import QueryRepository
from service_kit.errors import NotPermitted

MOST_KEPT = 200
RUNS_CURSOR = "query runs"


class QueryService:
    def __init__(self, actor: Actor, repository: QueryRepository) -> None:
        self.actor = actor
        self.repository = repository

    # -- saved queries ---------------------------------------------------------------------------------------------

    def page(self, query: SavedQueryQuery) -> Page[SavedQueryBrief]:
        kind = f"queries {query.whose}"
        after = read_cursor(kind, query.cursor, (str, int)) if query.cursor else []
        rows = self.repository.page(query, after)
        shown = rows[: query.limit]
        last = shown[-1][0] if len(rows) > query.limit else None
        return Page[SavedQueryBrief](
            items=[_brief(saved, owner) for saved, owner in shown],
            next_cursor=write_cursor(kind, [last.name, last.id]) if last else None,
        )

    def read(self, query_id: int) -> SavedQueryRead:
        row = self.repository.find(query_id)
        if row is None:
            raise QueryNotFound(query_id)
        return _read(*row)

    def save(self, new: SavedQueryCreate) -> SavedQueryRead:
        """Raises TooManyQueries."""
        if self.repository.count_mine() >= MOST_KEPT:
            raise TooManyQueries(MOST_KEPT)
        return _read(self.repository.add(new.model_dump(mode="json")), self.actor.name)

    def change(self, query_id: int, update: SavedQueryUpdate) -> SavedQueryRead:
        """Changes the fields that the request names. Raises QueryNotFound, NotPermitted, and StaleVersion, which holds
        the present query."""
        saved, owner = self._locked(query_id)
        if saved.owner_id != self.actor.person_id:
            raise NotPermitted(f"Only {owner} may change this query. Save a copy of it as your own instead.")
        if update.version != saved.version:
            raise StaleVersion(
                f"“{saved.name}” was changed meanwhile; look at it again.",
                current=_read(saved, owner).model_dump(mode="json"),
            )
        for name, value in update.model_dump(mode="json", exclude_unset=True, exclude={"version"}).items():
            setattr(saved, name, value)
        saved.version += 1
        saved.modified_at = datetime.now(UTC)
        return _read(saved, owner)

    def delete(self, query_id: int) -> None:
        """Deletes a query of one's own. Whoever keeps the lists may delete what others share. Raises QueryNotFound,
        NotPermitted."""
        saved, owner = self._locked(query_id)
        if saved.owner_id != self.actor.person_id and not self.actor.may(Permission.LISTS_MANAGE):
            raise NotPermitted(f"Only {owner} and administrators may delete this query.")
        self.repository.delete(saved)

    def _locked(self, query_id: int) -> tuple[SavedQuery, str]:
        row = self.repository.lock(query_id)
        if row is None:
            raise QueryNotFound(query_id)
        saved, owner = row
        return saved, owner

    # -- the history -----------------------------------------------------------------------------------------------

    def runs(self, query: PageQuery) -> Page[QueryRunRead]:
        after = read_cursor(RUNS_CURSOR, query.cursor, (int,)) if query.cursor else []
        rows = self.repository.runs(query, after)
        shown = rows[: query.limit]
        return Page[QueryRunRead](
            items=[_run_read(run) for run in shown],
            next_cursor=write_cursor(RUNS_CURSOR, [shown[-1].id]) if len(rows) > query.limit else None,
        )

    def run(self, run_id: int) -> QueryRunRead:
        run = self.repository.find_run(run_id)
        if run is None:
            raise NotFound("This line of your history is no longer kept.")
        return _run_read(run)

    def add_run(self, new: QueryRunCreate) -> QueryRunRead:
        return _run_read(self.repository.add_run(new.model_dump(mode="json")))

    def clear_runs(self) -> None:
        self.repository.clear_runs()


def _fields(saved: SavedQuery, owner: str) -> dict[str, object]:
    return {
        "id": saved.id,
        "name": saved.name,
        "description": saved.description,
        "is_shared": saved.is_shared,
        "owner": PersonBrief(id=saved.owner_id, name=owner),
        "version": saved.version,
        "created_at": saved.created_at,
        "modified_at": saved.modified_at,
    }


def _brief(saved: SavedQuery, owner: str) -> SavedQueryBrief:
    return SavedQueryBrief.model_validate(_fields(saved, owner))


def _read(saved: SavedQuery, owner: str) -> SavedQueryRead:
    return SavedQueryRead.model_validate(
        _fields(saved, owner)
        | {
            "sql": saved.sql,
            "chart": SqlChart.model_validate(saved.chart) if saved.chart else None,
            "parameters": [QueryParameter.model_validate(parameter) for parameter in saved.parameters],
        }
    )


def _run_read(run: QueryRun) -> QueryRunRead:
    return QueryRunRead(
        id=run.id,
        sql=run.sql,
        state=RunState(run.state),
        elapsed_ms=run.elapsed_ms,
        rows=run.rows,
        ran_at=run.ran_at,
    )
