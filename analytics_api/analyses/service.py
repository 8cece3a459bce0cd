"""Returns the catalogue with the parameters' options, and answers single analyses."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC

import pyarrow as pa
import pyarrow.compute as pc
import structlog

from analytics_api.analyses.parameters import Values, read_parameters
from analytics_api.analyses.sentences import conditions_in_words, with_conditions
from analytics_api.errors import AnalysisUnavailable, UnknownAnalysis
from contracts.analyses import (
    FINISHED_SHARE,
    AnalysisAnswer,
    AnalysisRead,
    CatalogueRead,
    ColumnRead,
    Option,
    Parameter,
    UnavailableAnalysis,
)
from contracts.people import Permission
from service_kit.errors import NotPermitted
from service_kit.single_flight import SingleFlight
from warehouse.catalogue import Analysis, Catalogue, ParameterHead
from warehouse.errors import QueryFailed
from warehouse.follow import Follower
from warehouse.replica import Answer, Replica

log = structlog.get_logger()

FAILED = "the replica cannot compute it now; the log says why"
ALL_PROVISIONAL = "All of this is provisional: fewer than 95 % of the tickets are closed yet."
FRESH_SECONDS = 2.0
MOST_KEPT = 256
TYPES = (
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_integer, "integer"),
    (pa.types.is_floating, "number"),
    (pa.types.is_decimal, "number"),
    (pa.types.is_date, "date"),
    (pa.types.is_timestamp, "moment"),
)


@dataclass(frozen=True)
class Computed:
    """An answer's rows, the sentence that puts them into words, and the provisional values of the chart's `x`."""

    answer: Answer
    sentence: str | None
    provisional: list[str]


class AnalysisService:
    """Answers analyses from the replica. `fresh_seconds` is how long a fresh answer waits for the replica to catch up.
    `computing` is entered, with the analysis's slug, while an answer is computed."""

    def __init__(
        self,
        catalogue: Catalogue,
        replica: Replica,
        follower: Follower,
        fresh_seconds: float = FRESH_SECONDS,
        computing: Callable[[str], AbstractContextManager[None]] = lambda _: nullcontext(),
    ) -> None:
        self._catalogue = catalogue
        self._replica = replica
        self._follower = follower
        self._fresh_seconds = fresh_seconds
        self._computing = computing
        self._options = SingleFlight(MOST_KEPT)
        self._answers = SingleFlight(MOST_KEPT)

    def list_analyses(self) -> CatalogueRead:
        items, unavailable = [], list(self._catalogue.unavailable.values())
        for analysis in self._catalogue.analyses.values():
            try:
                items.append(self._read(analysis))
            except AnalysisUnavailable:
                unavailable.append(UnavailableAnalysis(slug=analysis.slug, title=analysis.head.title, reason=FAILED))
        return CatalogueRead(items=items, next_cursor=None, unavailable=unavailable)

    def check_permitted(self, slug: str, permissions: Collection[Permission]) -> None:
        """Raises NotPermitted for an analysis that needs another permission."""
        analysis = self._catalogue.analyses.get(slug)
        needed = analysis.head.needs if analysis else None
        if needed is not None and needed not in permissions:
            raise NotPermitted(f"This needs the permission {needed}, which your role does not have.")

    def answer(self, slug: str, given: Sequence[tuple[str, str]], *, fresh: bool) -> tuple[AnalysisAnswer, pa.Table]:
        """Returns the answer, and its rows as an Arrow table. With `fresh`, the answer reflects everything that was
        committed before this call, if the replica catches up in time.

        Raises UnknownAnalysis, AnalysisUnavailable, InvalidInput, NoReplica.
        """
        analysis = self._find(slug)
        if fresh and self._follower.is_following:
            self._follower.catch_up(self._fresh_seconds)
        parameters = self._parameters(analysis)
        values = read_parameters(parameters, given)
        question = (slug, *values.items(), self._mark(analysis))
        computed = self._answers.get(question, lambda: self._ask(analysis, parameters, values))
        return self._told(analysis, values, computed), computed.answer.table

    def _find(self, slug: str) -> Analysis:
        if (unavailable := self._catalogue.unavailable.get(slug)) is not None:
            raise AnalysisUnavailable(slug, unavailable.reason)
        if (analysis := self._catalogue.analyses.get(slug)) is None:
            raise UnknownAnalysis(slug[:60])
        return analysis

    def _mark(self, analysis: Analysis) -> object:
        """Returns what an answer depends on besides its question; part of the key under which it is kept."""
        state = self._replica.known_state()
        if analysis.depends_on_the_moment:
            return state.as_of
        return state.revision, self._replica.day_of(state.as_of) if analysis.depends_on_the_day else None

    def _ask(self, analysis: Analysis, parameters: Sequence[Parameter], values: Values) -> Computed:
        with self._computing(analysis.slug), _failures_told(analysis):
            whole = self._replica.ask(analysis.query, values)
            answer, final, provisional = _parts(analysis, whole)
            if final.table.num_rows or not provisional:
                sentence = self._replica.say(analysis.head.sentence, final, values)
            else:
                sentence = ALL_PROVISIONAL
        conditions = conditions_in_words(parameters, values, analysis.head.sentence)
        return Computed(answer, with_conditions(sentence, conditions), provisional)

    def _told(self, analysis: Analysis, values: Values, computed: Computed) -> AnalysisAnswer:
        as_of = self._replica.reflected(computed.answer)
        return AnalysisAnswer(
            slug=analysis.slug,
            as_of=as_of.replace(tzinfo=UTC),
            lag_seconds=self._follower.lag_of(as_of),
            parameters=dict(values),
            sentence=computed.sentence,
            columns=[_column(analysis, field) for field in computed.answer.table.schema],
            rows=computed.answer.table.to_pylist(),
            provisional=computed.provisional,
        )

    def _read(self, analysis: Analysis) -> AnalysisRead:
        head = analysis.head
        return AnalysisRead(
            slug=analysis.slug,
            title=head.title,
            question=head.question,
            needs=head.needs,
            unit=head.unit,
            excludes=head.excludes,
            parameters=self._parameters(analysis),
            chart=head.chart,
        )

    def _parameters(self, analysis: Analysis) -> list[Parameter]:
        return [
            Parameter(**parameter.model_dump(exclude={"options"}), options=list(self._options_of(analysis, parameter)))
            for parameter in analysis.head.parameters
        ]

    def _options_of(self, analysis: Analysis, parameter: ParameterHead) -> Sequence[Option]:
        options = parameter.options
        if not isinstance(options, str):
            return options
        state = self._replica.known_state()
        with _failures_told(analysis):
            return self._options.get((options, state.revision), lambda: self._ask_options(options))

    def _ask_options(self, query: str) -> Sequence[Option]:
        return [Option(**row) for row in self._replica.ask(query, {}).table.to_pylist()]


@contextmanager
def _failures_told(analysis: Analysis) -> Iterator[None]:
    """A failure that the check at the start cannot find, such as an overflow: the caller is told, the log says why."""
    try:
        yield
    except QueryFailed as error:
        log.error("an analysis fails", analysis=analysis.slug, reason=str(error))
        raise AnalysisUnavailable(analysis.slug, FAILED) from error


def _parts(analysis: Analysis, whole: Answer) -> tuple[Answer, Answer, list[str]]:
    """Returns the answer without the column that says what is provisional, its rows that are not provisional, and the
    values of `x` of those that are."""
    name, x = analysis.head.provisional, analysis.head.chart.x
    if name is None or x is None:
        return whole, whole, []
    table = whole.table.drop_columns([name])
    is_final = pc.fill_null(pc.greater_equal(whole.table[name], FINISHED_SHARE), fill_value=False)
    provisional = table.filter(pc.invert(is_final))[x].to_pylist()
    return replace(whole, table=table), replace(whole, table=table.filter(is_final)), list(map(str, provisional))


def _column(analysis: Analysis, field: pa.Field) -> ColumnRead:
    head = analysis.head.columns[field.name]
    kind = next((name for is_it, name in TYPES if is_it(field.type)), "text")
    return ColumnRead(name=field.name, title=head.title, type=kind, unit=head.unit)
