"""Figures about the whole installation: the processes that `lodge up` keeps running, the last backup, the disk."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from service_kit.notes import last_backup_note, process_notes

SAME_START_SECONDS = 2.0  # a process's start time shifts a little when the system clock is corrected


class Installation(Collector):
    """Reads the figures anew each time. What cannot be read is left out."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def collect(self) -> Iterator[Metric]:
        yield from self._processes()
        yield from self._last_backup()
        yield from self._disk()

    def describe(self) -> Iterator[Metric]:
        """Returns nothing: the registry would otherwise collect everything once, when this is registered."""
        return iter(())

    def _processes(self) -> Iterator[Metric]:
        restarts = CounterMetricFamily(
            "lodge_process_restarts", "How often `lodge up` started it again.", labels=["process"]
        )
        memory = GaugeMetricFamily("lodge_process_resident_memory_bytes", "Its memory.", labels=["process"])
        seconds = CounterMetricFamily("lodge_process_cpu_seconds", "Its processor time.", labels=["process"])
        started = GaugeMetricFamily("lodge_process_start_time_seconds", "When it began.", labels=["process"])
        for file in process_notes(self._home):
            note = _read(file)
            restarts.add_metric([file.stem], float(note.get("restarts", 0)))
            try:
                process = psutil.Process(int(note["pid"]))
                with process.oneshot():
                    if abs(process.create_time() - note["started"]) < SAME_START_SECONDS:
                        times = process.cpu_times()
                        memory.add_metric([file.stem], process.memory_info().rss)
                        seconds.add_metric([file.stem], times.user + times.system)
                        started.add_metric([file.stem], process.create_time())
            except (psutil.Error, KeyError, TypeError, ValueError):
                continue
        yield from (restarts, memory, seconds, started)

    def _last_backup(self) -> Iterator[Metric]:
        """0 means that this installation was never backed up."""
        note = _read(last_backup_note(self._home))
        yield GaugeMetricFamily(
            "lodge_last_backup_timestamp_seconds", "When it was last backed up.", value=float(note.get("at", 0))
        )
        yield GaugeMetricFamily(
            "lodge_last_backup_bytes", "The size of that backup.", value=float(note.get("bytes", 0))
        )

    def _disk(self) -> Iterator[Metric]:
        try:
            disk = shutil.disk_usage(self._home)
        except OSError:
            return
        yield GaugeMetricFamily("lodge_home_disk_free_bytes", "Room left where LODGE_HOME is.", value=disk.free)
        yield GaugeMetricFamily("lodge_home_disk_bytes", "All room where LODGE_HOME is.", value=disk.total)


def _read(file: Path) -> dict[str, Any]:
    try:
        note = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}
