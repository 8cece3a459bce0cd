"""The analyses: one file each in `analyses/`, named by its slug. A comment at the top describes the question, its
parameters and its chart in YAML; one SELECT with named parameters follows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import structlog
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from contracts.analyses import Chart, Option, ParameterBase, ParameterKind
from warehouse.tables import ALL

log = structlog.get_logger()

FOLDER = Path(__file__).parent / "analyses"
FILE = re.compile(r"\s*/\*(?P<head>.*?)\*/(?P<query>.*)", re.DOTALL)
AS_OF = "as_of"  # needs no declaration: the moment that the answer reflects


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
    """`sentence` is an SQL expression that may use the parameters and, as the table `answer`, the rows of the
    answer."""

    title: str
    question: str
    unit: str
    excludes: str
    sentence: str
    chart: Chart
    columns: Mapping[str, ColumnHead]
    parameters: list[ParameterHead] = []


@dataclass(frozen=True)
class Analysis:
    """`depends_on_the_moment`: the answer changes with time even if the data do not. Answers of all other analyses are
    cached until the data change, so a row dated in the future is counted only after the first change that follows its
    date."""

    slug: str
    head: Head
    query: str
    depends_on_the_moment: bool


@dataclass(frozen=True)
class Catalogue:
    """The analyses by slug; `broken` holds an error message for each file that is left out."""

    analyses: Mapping[str, Analysis]
    broken: Sequence[str]


def catalogue() -> Mapping[str, Analysis]:
    return read_catalogue().analyses


@cache
def read_catalogue(folder: Path = FOLDER) -> Catalogue:
    """Reads every file in the folder. A broken file is logged and left out, so that the other analyses stay
    available."""
    analyses, broken = {}, []
    for file in sorted(folder.glob("*.sql")):
        try:
            analyses[file.stem] = read(file)
        except (ValueError, OSError) as error:
            log.error("an analysis is left out", file=file.name, reason=str(error))
            broken.append(str(error))
    return Catalogue(analyses, broken)


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
    used = set(re.findall(r"\$([a-z_]+)", query))
    analysis = Analysis(file.stem, head, so_far(query), depends_on_the_moment=AS_OF in used)
    told = {parameter.name for parameter in analysis.head.parameters}
    if used - {AS_OF} != told:
        raise ValueError(f"{file.name} uses {sorted(used - {AS_OF})} and tells of {sorted(told)}")
    return analysis


def so_far(query: str) -> str:
    """Returns the query without rows dated in the future: each table whose rows have a date is replaced, by a CTE of
    the same name, with the table as it was at the moment of the answer."""
    tables = [table for table in ALL if table.begins and re.search(rf"\b{table.name}\b", query)]
    parts = [f"{table.name} AS ({table.so_far})" for table in tables]
    begins = re.match(r"WITH\s", query, re.IGNORECASE)
    if begins:
        return f"WITH {', '.join(parts)}, {query[begins.end() :]}" if parts else query
    return f"WITH {', '.join(parts)} {query}" if parts else query
