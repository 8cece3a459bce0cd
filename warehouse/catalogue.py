"""The analyses: one file each in `analyses/`, named by its slug. A comment at the top describes the question, its
parameters and its chart in YAML; one SELECT with named parameters follows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import structlog
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from contracts.analyses import Chart, ChartMark, Option, ParameterBase, ParameterKind, UnavailableAnalysis
from contracts.people import Permission
from warehouse.tables import ALL

log = structlog.get_logger()

FOLDER = Path(__file__).parent / "analyses"
FILE = re.compile(r"\s*/\*(?P<head>.*?)\*/(?P<query>.*)", re.DOTALL)
# These need no declaration: the moment that the answer reflects, and the day of that moment in the campus's time.
AS_OF, TODAY = "as_of", "today"


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ParameterHead(ParameterBase):
    """`options` of a choice is a list, or a SELECT that returns the columns value and label."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern="^[a-z_]+$")
    options: list[Option] | str = Field(default=[])

    @model_validator(mode="after")
    def fits_its_kind(self) -> "ParameterHead":
        bounds = (self.minimum, self.maximum, self.step)
        if self.kind is ParameterKind.INTEGER and None in bounds:
            raise ValueError(f"{self.name} is an integer and needs minimum, maximum and step")
        if self.kind is ParameterKind.CHOICE and not self.options:
            raise ValueError(f"{self.name} is a choice and needs options")
        return self


class ColumnHead(Strict):
    title: str
    unit: str | None = None


class Head(Strict):
    """`sentence` is an SQL expression that may use the parameters and, as the table `answer`, the rows of the answer
    that are not provisional.

    `needs` is a permission that people need besides the one to read analyses.

    `provisional` names a column of the query that is not part of the answer: the share of a row's tickets that are
    closed. A row is provisional until this share is FINISHED_SHARE.
    """

    title: str
    question: str
    unit: str
    excludes: str
    sentence: str
    chart: Chart
    columns: Mapping[str, ColumnHead]
    parameters: list[ParameterHead] = []
    needs: Permission | None = None
    provisional: str | None = None

    @model_validator(mode="after")
    def draws_what_it_tells_of(self) -> "Head":
        drawn = {self.chart.x, self.chart.by, *self.chart.y, *self.chart.apart} - {None}
        if unknown := sorted(str(name) for name in drawn - set(self.columns)):
            raise ValueError(f"chart: there is no column {', '.join(unknown)}")
        is_one_line = self.chart.mark is ChartMark.LINE and len([*self.chart.y, *self.chart.apart]) == 1
        if self.chart.by is not None and not is_one_line:
            raise ValueError("chart: only lines of one column can be drawn by another")
        if self.provisional is not None and self.chart.x is None:
            raise ValueError("provisional: only a chart with an x has provisional rows")
        return self


@dataclass(frozen=True)
class Analysis:
    """`depends_on_the_moment`: the answer changes with time even if the data do not; `depends_on_the_day`: it changes
    when a day begins. Answers of all other analyses are cached until the data change, so a row dated in the future is
    counted only after the first change that follows its date."""

    slug: str
    head: Head
    query: str
    depends_on_the_moment: bool
    depends_on_the_day: bool

    @property
    def defaults(self) -> dict[str, int | str | None]:
        return {parameter.name: parameter.default for parameter in self.head.parameters}


@dataclass(frozen=True)
class Catalogue:
    """The analyses that can run, and those that cannot, each by its slug."""

    analyses: Mapping[str, Analysis]
    unavailable: Mapping[str, UnavailableAnalysis]


def catalogue() -> Mapping[str, Analysis]:
    return read_catalogue().analyses


@cache
def read_catalogue(folder: Path = FOLDER) -> Catalogue:
    """Reads every file in the folder. A broken file is logged and listed as unavailable, and the other analyses stay
    available. Whether DuckDB can run them is found out by `checked_catalogue`."""
    analyses, unavailable = {}, {}
    for file in sorted(folder.glob("*.sql")):
        try:
            analyses[file.stem] = read(file)
        except ValueError as error:
            unavailable[file.stem] = left_out(file.stem, file.stem, str(error))
        except OSError as error:  # its own text names the folder, which is not for everybody
            unavailable[file.stem] = left_out(file.stem, file.stem, f"{file.name} cannot be read: {error.strerror}")
    return Catalogue(analyses, unavailable)


def left_out(slug: str, title: str, reason: str) -> UnavailableAnalysis:
    """Writes to the log that the analysis cannot run, and returns the entry that lists it."""
    reason = " ".join(reason.split()).removesuffix(".")
    log.error("an analysis cannot run", analysis=slug, reason=reason)
    return UnavailableAnalysis(slug=slug, title=title, reason=reason)


def read(file: Path) -> Analysis:
    """Reads one file. Raises ValueError with a message that names the file."""
    parts = FILE.fullmatch(file.read_text("utf-8"))
    if parts is None:
        raise ValueError(f"{file.name} does not begin with a comment that says what it is")
    try:
        head = Head.model_validate(yaml.safe_load(parts["head"]))
    except yaml.YAMLError as error:
        raise ValueError(f"{file.name}: the comment cannot be read as YAML: {error}") from error
    except ValidationError as error:
        wrong = error.errors()[0]
        place = ".".join(map(str, wrong["loc"])) or "the comment"
        raise ValueError(f"{file.name}: {place}: {wrong['msg']}") from error
    query = parts["query"].strip().rstrip(";")
    used = names_in(query)
    told = {parameter.name for parameter in head.parameters}
    if used - {AS_OF, TODAY} != told:
        raise ValueError(f"{file.name} uses {sorted(used - {AS_OF, TODAY})} and tells of {sorted(told)}")
    used |= names_in(head.sentence)
    return Analysis(file.stem, head, so_far(query), AS_OF in used, TODAY in used)


def names_in(statement: str) -> set[str]:
    """Returns the names of the values that a statement uses as `$name`."""
    return set(re.findall(r"\$([a-z_]+)", statement))


def so_far(query: str) -> str:
    """Returns the query without rows dated in the future: each table whose rows have a date is replaced, by a CTE of
    the same name, with the table as it was at the moment of the answer."""
    tables = [table for table in ALL if table.begins and re.search(rf"\b{table.name}\b", query)]
    parts = [f"{table.name} AS ({table.so_far})" for table in tables]
    begins = re.match(r"WITH\s", query, re.IGNORECASE)
    if begins:
        return f"WITH {', '.join(parts)}, {query[begins.end() :]}" if parts else query
    return f"WITH {', '.join(parts)} {query}" if parts else query
