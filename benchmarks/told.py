"""Prints the progress and the results of a run."""

import sys
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.figures import Figure
from benchmarks.measure import Row, Samples

PERCENTS = (50, 95, 99)
WIDTH = 250  # wide enough for every row: a row broken into two lines would be no Markdown


def tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def print_table(rows: Sequence[Row], caption: str) -> None:
    """Prints the rows as a Markdown table, as in docs/benchmarks.md."""
    if not rows:
        return
    print(f"\n{caption}")
    table = Table(box=box.MARKDOWN)
    table.add_column("what", no_wrap=True)
    for name in ("samples", "small p50", "p95", "p99", "large p50", "p95", "p99", "p50 ratio", "p99 ratio"):
        table.add_column(name, justify="right")
    table.add_column("verdict", no_wrap=True)
    for row in rows:
        table.add_row(*_cells(row))
    Console(width=WIDTH).print(table)


def print_figures(figures: Sequence[Figure]) -> None:
    if not figures:
        return
    table = Table(box=box.MARKDOWN)
    table.add_column("what", no_wrap=True)
    for name in ("of", "figure", "95 % interval", "must be"):
        table.add_column(name, justify="right")
    table.add_column("verdict")
    for one in figures:
        limits = [
            f"{sign} {limit:.3g}" for sign, limit in (("≥", one.at_least), ("≤", one.at_most)) if limit is not None
        ]
        verdict = "" if not limits else "pass" if one.is_as_it_must_be else "FAIL"
        interval = f"{one.low:.3f} to {one.high:.3f}" if one.low < one.high else "–"
        table.add_row(one.name, str(one.of), f"{one.value:.3f}", interval, " ".join(limits), verdict)
    Console(width=WIDTH).print(table)


def _cells(row: Row) -> list[str]:
    ratios = [row.ratio(50), row.ratio(99)]
    return [
        row.name,
        str(len(row.large.milliseconds)),
        *_figures(row.small),
        *_figures(row.large),
        *("–" if ratio is None else f"{ratio:.2f}" for ratio in ratios),
        _verdict(row),
    ]


def _figures(samples: Samples | None) -> list[str]:
    return [f"{samples.percentile(percent):.1f}" if samples else "–" for percent in PERCENTS]


def _verdict(row: Row) -> str:
    if not row.limits.milliseconds and row.limits.times is None:
        return ""
    return "FAIL: " + ", ".join(row.failures()) if row.failures() else "pass"
