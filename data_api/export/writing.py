"""Writes tickets into a file that is taken away while it is written."""

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa

from contracts.export import ExportFormat
from service_kit.table_files import inert, open_csv, open_parquet
from service_kit.workbook import Workbook

SHEET = "Tickets"


class Outbox:
    """What has been written of a file and not yet been taken."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def write(self, data: Any) -> int:
        content = bytes(memoryview(data).cast("B"))
        self._parts.append(content)
        self._size += len(content)
        return len(content)

    def take(self) -> bytes:
        content = b"".join(self._parts)
        self._parts.clear()
        return content

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


class TicketFile:
    """A file of this format. `headers`: what heads the columns."""

    def __init__(self, format_: ExportFormat, headers: list[str], schema: pa.Schema, outbox: Outbox) -> None:
        self._format = format_
        if format_ is ExportFormat.CSV:
            headers = inert(pa.array(headers)).to_pylist()
        self._schema = pa.schema([(name, self._type(kind)) for name, kind in zip(headers, schema.types, strict=True)])
        self._file: Any = OPEN[format_](outbox, self._schema)

    def write(self, batch: pa.RecordBatch) -> None:
        columns = [
            column.cast(field.type, safe=False) for column, field in zip(batch.columns, self._schema, strict=True)
        ]
        if self._format is ExportFormat.CSV:
            columns = [inert(column) for column in columns]
        self._file.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._schema))

    def finish(self, told: Mapping[str, str]) -> None:
        """`told`: what a workbook says of itself."""
        if isinstance(self._file, Workbook):
            self._file.finish(told)
        else:
            self._file.close()

    def _type(self, kind: pa.DataType) -> pa.DataType:
        is_moment = pa.types.is_timestamp(kind) and kind.tz is None
        return pa.timestamp("s") if is_moment and self._format is ExportFormat.CSV else kind


OPEN: dict[ExportFormat, Callable[[Outbox, pa.Schema], Any]] = {
    ExportFormat.CSV: open_csv,
    ExportFormat.XLSX: lambda outbox, schema: Workbook(outbox, schema, SHEET, goes_on=True),
    ExportFormat.PARQUET: open_parquet,
}
