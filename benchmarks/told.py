"""What a run prints."""

import sys
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.measure import Row, Samples

PERCENTS = (50, 95, 99)
WIDTH = 250  # a row is one line, else it is no Markdown


def tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def print_table(rows: Sequence[Row], caption: str) -> None:
    """In Markdown, as docs/benchmarks.md shows it."""
    print(f"\n{caption}")
    table = Table(box=box.MARKDOWN)
    table.add_column("what", no_wrap=True)
    for name in ("samples", "small p50", "p95", "p99", "large p50", "p95", "p99", "p50 ratio", "p99 ratio"):
        table.add_column(name, justify="right")
    table.add_column("verdict", no_wrap=True)
    for row in rows:
        table.add_row(*_cells(row))
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
    if not row.limits.milliseconds:
        return ""
    return "FAIL: " + ", ".join(row.failures()) if row.failures() else "pass"
