"""Makes one file of tickets, piece by piece, while it is sent."""

import time
from array import array
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from contracts.export import PIECE_NUMBER_BYTES, ExportFormat
from contracts.tickets import TicketQuery, TicketSelection
from data_api.export.columns import Wanted
from data_api.export.repository import ExportRepository, rows_statement, with_ids
from data_api.export.rows import SnapshotRows
from data_api.export.writing import Outbox, TicketFile
from data_api.files.names import content_disposition
from service_kit.table_files import in_parts

MOST_ROWS = 2**31 - 2  # as a list's limit
# A Parquet file has a group for each of these, and readers take one at a time.
TICKETS_AT_ONCE = {ExportFormat.CSV: 4_000, ExportFormat.XLSX: 4_000, ExportFormat.PARQUET: 20_000}
MEDIA_TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.PARQUET: "application/vnd.apache.parquet",
}
IN_PIECES = "application/octet-stream"


class Export:
    """One file. Creating it opens what it is made from; its tickets are found after its first bytes, because a million
    of them take seconds. Everything here blocks. Raises DatabaseUnavailable, and what SQLAlchemy raises."""

    def __init__(self, repository: ExportRepository, database_url: str, zone: ZoneInfo, wanted: Wanted) -> None:
        self._wanted, self._query, self._zone = wanted, wanted.query, zone
        self._began, self._at = time.monotonic(), datetime.now(UTC)
        self._written, self._size, self._is_whole = 0, 0, False
        filters = {name: getattr(self._query, name) for name in TicketSelection.model_fields}
        whole = TicketQuery.model_construct(**filters, limit=MOST_ROWS)
        self._ids, self._statement = array("q"), self._statement_for_rows()
        self._making = self._make()
        with ExitStack() as opened:
            self._finding = opened.enter_context(ExitStack())
            moment = self._finding.enter_context(repository.moment())
            self._list = moment.lists.asked(wanted.actor, whole, [])
            self._rows = opened.enter_context(closing(SnapshotRows(database_url, moment.snapshot)))
            with self._rows.read(with_ids(self._statement, [])) as nothing:
                self._schema = nothing.schema
            self._opened = opened.pop_all()

    @property
    def headers(self) -> dict[str, str]:
        name = f"tickets-{self._at.astimezone(self._zone):%Y-%m-%d-%H%M}.{self._query.format}"
        return {"Content-Disposition": content_disposition(name)}

    @property
    def media_type(self) -> str:
        return IN_PIECES if self._query.pieces else MEDIA_TYPES[self._query.format]

    def pieces(self) -> Iterator[bytes]:
        """Gives the file piece by piece. Whatever fails is raised, so that nobody takes a part of it for the whole."""
        return self._making

    def close(self) -> None:
        with self._opened:
            self._making.close()

    def told(self) -> dict[str, Any]:
        """Returns what the log says of it."""
        return {
            "format": str(self._query.format),
            "tickets": self._written,
            "of": len(self._ids),
            "bytes": self._size,
            "seconds": round(time.monotonic() - self._began, 1),
            "is_whole": self._is_whole,
        }

    def _make(self) -> Generator[bytes, None, None]:
        outbox = Outbox()
        file = TicketFile(self._query.format, self._headings(), self._schema, outbox)
        yield from self._taken(outbox)
        self._ids = array("q", self._list.ids(self._query.ids))
        self._finding.close()  # the connection for the rows sees what this one saw
        with closing(read_ahead(self._batches())) as batches:
            for batch in chain.from_iterable(map(in_parts, batches)):
                file.write(batch)
                self._written += batch.num_rows
                yield from self._taken(outbox)
        if self._written != len(self._ids):
            raise RuntimeError(f"{self._written} tickets were written of {len(self._ids)}")
        file.finish(self._about())
        yield from self._taken(outbox)
        self._is_whole = True
        if self._query.pieces:
            yield self._numbers(0)

    def _batches(self) -> Generator[pa.RecordBatch, None, None]:
        at_once = TICKETS_AT_ONCE[self._query.format]
        for start in range(0, len(self._ids), at_once):
            with self._rows.read(with_ids(self._statement, self._ids[start : start + at_once])) as reader:
                yield from reader

    def _taken(self, outbox: Outbox) -> Iterator[bytes]:
        """Gives what was written of the file since the last time, if anything was."""
        if content := outbox.take():
            self._size += len(content)
            yield self._numbers(len(content)) + content if self._query.pieces else content

    def _numbers(self, size: int) -> bytes:
        numbers = (self._written, len(self._ids), size)
        return b"".join(number.to_bytes(PIECE_NUMBER_BYTES, "big") for number in numbers)

    def _statement_for_rows(self) -> str:
        zone = None if self._query.format is ExportFormat.PARQUET else self._zone
        return rows_statement(self._wanted.columns, self._wanted.actor, zone)

    def _headings(self) -> list[str]:
        if self._query.format is ExportFormat.PARQUET:
            return [column.read.name for column in self._wanted.columns]
        zone = f" ({self._zone.key})"
        return [column.read.label + (zone if column.is_moment else "") for column in self._wanted.columns]

    def _about(self) -> dict[str, str]:
        """Returns what a workbook says of itself."""
        return {
            "Tickets": f"{len(self._ids):,}",
            "As of": f"{self._at.astimezone(self._zone):%Y-%m-%d %H:%M:%S}",
            "Times of day": self._zone.key,
        }


def read_ahead(batches: Generator[pa.RecordBatch, None, None]) -> Generator[pa.RecordBatch, None, None]:
    """Gives these batches. While one is in use, a thread fetches the next one, so that the database and this process
    work at the same time."""
    with closing(batches), ThreadPoolExecutor(1, "export") as reading:
        coming = reading.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = reading.submit(next, batches, None)
            yield batch
