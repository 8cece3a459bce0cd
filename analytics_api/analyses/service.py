"""Returns the catalogue with the parameters' options, and answers single analyses."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC

import pyarrow as pa

from analytics_api.analyses.parameters import Values, read_parameters
from analytics_api.errors import UnknownAnalysis
from contracts.analyses import AnalysisAnswer, AnalysisRead, ColumnRead, Option, Parameter
from service_kit.single_flight import SingleFlight
from warehouse.catalogue import Analysis, ParameterHead, catalogue
from warehouse.follow import Follower
from warehouse.replica import Answer, Replica

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
    """An answer's rows, and the sentence that puts them into words."""

    answer: Answer
    sentence: str | None


class AnalysisService:
    """Answers analyses from the replica. `fresh_seconds` is how long a fresh answer waits for the replica to catch up.
    `computing` is entered, with the analysis's slug, while an answer is computed."""

    def __init__(
        self,
        replica: Replica,
        follower: Follower,
        fresh_seconds: float = FRESH_SECONDS,
        computing: Callable[[str], AbstractContextManager[None]] = lambda _: nullcontext(),
    ) -> None:
        self._replica = replica
        self._follower = follower
        self._fresh_seconds = fresh_seconds
        self._computing = computing
        self._options = SingleFlight(MOST_KEPT)
        self._answers = SingleFlight(MOST_KEPT)

    def list_analyses(self) -> list[AnalysisRead]:
        return [self._read(analysis) for analysis in catalogue().values()]

    def answer(self, slug: str, given: Sequence[tuple[str, str]], *, fresh: bool) -> tuple[AnalysisAnswer, pa.Table]:
        """Returns the answer, and its rows as an Arrow table. With `fresh`, the answer reflects everything that was
        committed before this call, if the replica catches up in time.

        Raises UnknownAnalysis, InvalidInput, NoReplica.
        """
        analysis = catalogue().get(slug)
        if analysis is None:
            raise UnknownAnalysis(slug[:60])
        if fresh and self._follower.is_following:
            self._follower.catch_up(self._fresh_seconds)
        values = read_parameters(self._parameters(analysis), given)
        computed = self._answers.get((slug, *values.items(), self._mark(analysis)), lambda: self._ask(analysis, values))
        return self._told(analysis, values, computed), computed.answer.table

    def _mark(self, analysis: Analysis) -> object:
        """Returns what an answer depends on besides its question; part of the key under which it is kept."""
        state = self._replica.known_state()
        return state.as_of if analysis.depends_on_the_moment else state.revision

    def _ask(self, analysis: Analysis, values: Values) -> Computed:
        with self._computing(analysis.slug):
            answer = self._replica.ask(analysis.query, values)
            return Computed(answer, self._replica.say(analysis.head.sentence, answer, values))

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
        )

    def _read(self, analysis: Analysis) -> AnalysisRead:
        head = analysis.head
        return AnalysisRead(
            slug=analysis.slug,
            title=head.title,
            question=head.question,
            unit=head.unit,
            excludes=head.excludes,
            parameters=self._parameters(analysis),
            chart=head.chart,
        )

    def _parameters(self, analysis: Analysis) -> list[Parameter]:
        return [
            Parameter(**parameter.model_dump(exclude={"options"}), options=list(self._options_of(parameter)))
            for parameter in analysis.head.parameters
        ]

    def _options_of(self, parameter: ParameterHead) -> Sequence[Option]:
        options = parameter.options
        if not isinstance(options, str):
            return options
        state = self._replica.known_state()
        return self._options.get((options, state.revision), lambda: self._ask_options(options))

    def _ask_options(self, query: str) -> Sequence[Option]:
        return [Option(**row) for row in self._replica.ask(query, {}).table.to_pylist()]


def _column(analysis: Analysis, field: pa.Field) -> ColumnRead:
    head = analysis.head.columns[field.name]
    kind = next((name for is_it, name in TYPES if is_it(field.type)), "text")
    return ColumnRead(name=field.name, title=head.title, type=kind, unit=head.unit)
