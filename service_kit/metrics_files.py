"""The files in which the workers of one service count together, in `LODGE_HOME/run/metrics` (ADR 34).

They are those of prometheus_client's multi-process mode, with the worker's number in their names instead of the process
id: a worker that is started again goes on counting where the process before it stopped, and there are never more files
than workers. The files get their full size before a worker uses them. A process that writes to a memory-mapped file for
which the disk has no room is killed.
"""

import os
from contextlib import suppress
from pathlib import Path

import structlog
from prometheus_client import values
from prometheus_client.multiprocess import mark_process_dead

log = structlog.get_logger()

FILE_BYTES = 1 << 20  # all series of a worker take a third of it
COUNTS = ("counter", "histogram")
GAUGES = ("gauge_livesum",)


def metrics_folder(home: Path) -> Path:
    return home / "run" / "metrics"


def clear_metrics(home: Path) -> None:
    """Begins with an empty folder. No worker may be running."""
    folder = metrics_folder(home)
    with suppress(OSError):  # a full disk: the desk works without its figures
        folder.mkdir(0o700, exist_ok=True)
        for left in folder.iterdir():
            left.unlink()


def make_metrics_files(home: Path, worker: int) -> None:
    """Makes ready what a worker that is about to start writes to: keeps what earlier processes of this worker have
    counted, and forgets what they held open."""
    folder = metrics_folder(home)
    with suppress(OSError):
        mark_process_dead(worker, str(folder))
        for kind in (*COUNTS, *GAUGES):
            _make(folder / f"{kind}_{worker}.db")


def _make(file: Path) -> None:
    if file.exists():
        return
    new = file.with_suffix(".new")
    try:
        new.write_bytes(bytes(FILE_BYTES))
        new.replace(file)
    except OSError:
        new.unlink(missing_ok=True)  # it holds the last room of a full disk
        raise


def count_together(home: Path, worker: int) -> None:
    """Makes all metrics that this process creates from now on count in the files of this worker. Without the files, as
    when the disk was full, they count in this process's memory and are missing in the figures of the service."""
    folder = metrics_folder(home)
    if not all((folder / f"{kind}_{worker}.db").is_file() for kind in (*COUNTS, *GAUGES)):
        log.warning("what this worker does is missing in the metrics: its files could not be made")
        return
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    vars(values)["ValueClass"] = values.MultiProcessValue(lambda: worker)
