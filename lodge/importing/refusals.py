"""Rows that cannot be taken as they are."""

from dataclasses import dataclass, field

from lodge.errors import LodgeError

SHOWN = 20


class ImportRefused(LodgeError):
    """Rows were refused, so nothing was imported."""


class RowRefused(Exception):
    """Why one row cannot become a ticket."""


@dataclass
class Refusals:
    """All that was refused: how many, and the first of them with the line of the file and the reason."""

    total: int = 0
    first: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, reason: str) -> None:
        self.total += 1
        if len(self.first) < SHOWN:
            self.first.append((line, reason))

    @property
    def counted(self) -> str:
        return f"{self.total:,} row{'' if self.total == 1 else 's'}"

    def __str__(self) -> str:
        lines = [f"  line {line}: {reason}" for line, reason in self.first]
        if self.total > len(lines):
            lines.append(f"  … and {self.total - len(lines):,} more")
        return "\n".join(lines)
