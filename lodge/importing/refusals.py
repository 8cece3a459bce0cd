"""Collects the rows that an import refuses, and the reasons."""

from dataclasses import dataclass, field

from lodge.errors import LodgeError

SHOWN_REASONS = 20
SHOWN_VALUES = 5  # for each kind, so that a column that is wrong in every row does not hide other problems


class ImportRefused(LodgeError):
    """Rows were refused, so nothing was imported."""


class RowRefused(Exception):
    """Says why one row cannot become a ticket. Reasons that differ only in their values share a `kind`, by default the
    field's name. `hint` says what to change in the mapping."""

    def __init__(self, reason: str, *, kind: str | None = None, hint: str | None = None) -> None:
        super().__init__(reason)
        self.kind = kind or reason.partition(":")[0]
        self.hint = hint
        self.more: list[RowRefused] = []  # further problems of the same row

    @classmethod
    def for_all(cls, problems: "list[RowRefused]") -> "RowRefused":
        first = problems[0]
        first.more = problems[1:]
        return first


@dataclass
class Reason:
    line: int  # of the first row refused for this reason
    detail: str
    rows: int = 1


@dataclass
class Refusals:
    """Counts the refused rows, and keeps each reason with its number of rows and its first row. Its size is bounded,
    however many rows are refused."""

    shown_reasons: int = SHOWN_REASONS
    shown_values: int = SHOWN_VALUES
    total: int = 0
    reasons: dict[str, dict[str, Reason]] = field(default_factory=dict)  # by kind, then by message
    unshown: dict[str, int] = field(default_factory=dict)
    hints: dict[str, None] = field(default_factory=dict)  # a set that keeps the order

    def add(self, line: int, refused: RowRefused, detail: str = "") -> None:
        """Adds a refused row. `detail` is shown only if this is the first row with its reason."""
        self.total += 1
        for problem in (refused, *refused.more):
            self._note(line, problem, detail)

    def _note(self, line: int, refused: RowRefused, detail: str) -> None:
        if refused.hint:
            self.hints[refused.hint] = None
        of_kind = self.reasons.setdefault(refused.kind, {})
        if known := of_kind.get(str(refused)):
            known.rows += 1
        elif len(of_kind) < self.shown_values:
            of_kind[str(refused)] = Reason(line, detail)
        else:
            self.unshown[refused.kind] = self.unshown.get(refused.kind, 0) + 1

    @property
    def counted(self) -> str:
        return _rows(self.total)

    def __str__(self) -> str:
        told = [
            (reason.line, f"  line {reason.line}: {text}{reason.detail}{_more(reason)}")
            for of_kind in self.reasons.values()
            for text, reason in of_kind.items()
        ]
        lines = [line for _, line in sorted(told)[: self.shown_reasons]]
        lines += [f"  … and {_rows(rows)} more with other values: {kind}" for kind, rows in self.unshown.items()]
        return "\n".join(lines + [f"  {hint}" for hint in self.hints])


def _more(reason: Reason) -> str:
    return f" – the first of {_rows(reason.rows)}" if reason.rows > 1 else ""


def _rows(number: int) -> str:
    return f"{number:,} row{'' if number == 1 else 's'}"
