"""Converts the texts of times in the file to moments in UTC."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from contracts.moments import EARLIEST, LATEST, is_within_years
from lodge.importing.refusals import RowRefused
from lodge.terminal import quoted

ISO = "ISO 8601, such as 2026-03-01T09:30:00"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PER_SECOND = {"epoch-s": 1, "epoch-ms": 1_000}
NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,9})?")
MAX_LENGTH = 100  # characters; no format of a time needs more
UNIVERSAL = {"UTC", "GMT", "UT", "Z"}
FROM_UNIVERSAL = re.compile(r"(?:UTC|GMT)([+-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)
# The names of zones that `%Z` matches: UTC+2, Europe/Rome, CEST.
ZONE = re.compile(r"(?:UTC|GMT)[+-]\d{1,2}(?::?\d{2})?|[A-Za-z]+(?:/[A-Za-z_+\-0-9]+)*", re.IGNORECASE)
DIRECTIVE = re.compile(r"%.")
LITERAL_ZONE = re.compile(r"(?<![A-Za-z])(Z|UTC|UT|GMT|[A-Z]{2,4}T)(?![A-Za-z])")
OF_A_CLOCK = set("HIMSpfcX")


@dataclass(frozen=True)
class ReadMoment:
    """A time that was read: `at` is in UTC, `text` as in the file. `later` is the second moment that the text may mean
    when clocks were put back and showed it twice. `day` is set when the file gives a date without a time."""

    text: str
    at: datetime
    zone: tzinfo
    later: datetime | None = None
    day: date | None = None

    def not_before(self, other: "ReadMoment") -> "ReadMoment":
        """Returns this moment, read so that it is not before the other one if it can be: as the second time that clocks
        showed it, or, for a date without a time, as the other's time on the same day."""
        if self.at >= other.at:
            return self
        if self.later is not None and self.later >= other.at:
            return self.second
        if self.day is not None and self.day in {other.day, other.at.astimezone(other.zone).date()}:
            return replace(self, at=other.at)
        return self

    @property
    def latest(self) -> datetime:
        return self.later or self.at

    @property
    def second(self) -> "ReadMoment":
        return replace(self, at=self.latest, later=None)


def check_time_format(form: str) -> str:
    """Returns the format. Raises ValueError when no times can be read with it, or when it lacks the day."""
    if form in PER_SECOND:
        return form
    moment = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    try:
        read = datetime.strptime(moment.strftime(form), form)  # noqa: DTZ007 (whether it can be read at all)
    except (ValueError, re.error):
        raise ValueError(
            f"{quoted(form)} is no format that times can be read by, such as %d.%m.%Y %H:%M, epoch-ms or epoch-s"
        ) from None
    if read.date() != moment.date():
        raise ValueError(f"{quoted(form)} does not say the day: it needs the year, the month and the day")
    return form


def literal_zone(form: str) -> str | None:
    """Returns a zone that the format contains as plain letters, or None. Reading a time would ignore these letters."""
    found = LITERAL_ZONE.search(DIRECTIVE.sub(" ", form))
    return found[1] if found else None


class MomentReader:
    """Reads times. `zone` is the time zone of times without one. A date without a time is midnight in `campus`, so that
    it is the same day there."""

    def __init__(
        self, form: str | None, zone: ZoneInfo | None, campus: ZoneInfo, *, keeps_future: bool, now: datetime
    ) -> None:
        self.form = form
        self.zone = zone or campus
        self.campus = campus
        self.keeps_future = keeps_future
        self.now = now
        self.first_skipped = ""  # the first text of a time that clocks skipped when they were put forward
        self.skipped_count = 0

    def read(self, field: str, text: str, *, may_lie_ahead: bool = False) -> ReadMoment:
        """Reads a field's time, which may be in the future only if `may_lie_ahead` or the mapping allows it.

        Raises `RowRefused` that names the field and quotes the text.
        """
        if not text:
            raise RowRefused(f"{field}: is missing")
        try:
            moment = self._read(field, text)
        except (ValueError, OverflowError):
            raise RowRefused(f"{field}: {quoted(text)} is no time ({self.form or ISO}){_epoch_hint(text)}") from None
        if not (may_lie_ahead or self.keeps_future) and moment.at > self.now:
            raise RowRefused(
                f"{field}: {quoted(text)} has not happened yet",
                hint="`future: keep` takes moments that have not happened yet.",
            )
        return moment

    def _read(self, field: str, text: str) -> ReadMoment:
        if len(text) > MAX_LENGTH:
            raise ValueError
        moment, day, zone = self._parsed(field, text)
        if not is_within_years(moment):
            raise self._too_far(field, text)
        first, second = (moment.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        if not is_within_years(first):
            raise self._too_far(field, text)
        if second < first and day is None:
            self.first_skipped = self.first_skipped or text
            self.skipped_count += 1
        return ReadMoment(text, first, zone, second if second > first and not moment.fold else None, day)

    def _too_far(self, field: str, text: str) -> RowRefused:
        years = f"{EARLIEST:%Y-%m-%d} to {LATEST - timedelta(days=1):%Y-%m-%d}"
        return RowRefused(f"{field}: {quoted(text)} is outside the years that Lodge can compute with, {years}")

    def _parsed(self, field: str, text: str) -> tuple[datetime, date | None, tzinfo]:
        """Returns the local time, its date if the text has no time of day, and its time zone."""
        if self.form in PER_SECOND:
            return _since_epoch(text, PER_SECOND[self.form]), None, UTC
        if self.form and "%Z" in self.form:
            return self._with_named_zone(field, text, self.form)
        moment = datetime.strptime(text, self.form) if self.form else datetime.fromisoformat(text)  # noqa: DTZ007
        if moment.tzinfo:
            return moment, None, moment.tzinfo
        if self._is_day(text):
            return moment, moment.date(), self.campus
        return moment, None, self.zone

    def _is_day(self, text: str) -> bool:
        if self.form:
            return not OF_A_CLOCK & {directive[1] for directive in DIRECTIVE.findall(self.form)}
        try:
            date.fromisoformat(text)
        except ValueError:
            return False
        return True

    def _with_named_zone(self, field: str, text: str, form: str) -> tuple[datetime, date | None, tzinfo]:
        """Reads a time whose format contains %Z. The zone is found here, because `strptime` accepts it but drops it."""
        for name in reversed(list(ZONE.finditer(text))):
            try:
                moment = datetime.strptime(f"{text[: name.start()]}UTC{text[name.end() :]}", form)  # noqa: DTZ007
            except ValueError:
                continue
            return self._in_zone(field, text, moment, name[0])
        raise ValueError

    def _in_zone(self, field: str, text: str, moment: datetime, name: str) -> tuple[datetime, date | None, tzinfo]:
        if name.upper() in UNIVERSAL:
            return moment, None, UTC
        if offset := FROM_UNIVERSAL.fullmatch(name):
            ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
            return moment, None, timezone(ahead if offset[1] == "+" else -ahead)
        if "/" in name and name in available_timezones():
            return moment, None, ZoneInfo(name)
        for fold in (0, 1):
            clock = moment.replace(tzinfo=self.zone, fold=fold)
            if (
                is_within_years(moment)
                and clock.tzname() == name.upper()
                and (offset_ := clock.utcoffset()) is not None
            ):
                return moment, None, timezone(offset_)
        raise RowRefused(
            f"{field}: {quoted(text)}: {quoted(name)} is not the zone of {self.zone} on that day, and "
            "several zones use these letters",
            hint="A zone is known as UTC, GMT, UTC+2, as a name such as Europe/Rome, by the letters of the file's own "
            "`time_zone`, or as an offset such as +02:00, which %z reads.",
        )

    @property
    def notes(self) -> list[str]:
        if not self.skipped_count:
            return []
        moments = "moment does" if self.skipped_count == 1 else "moments do"
        return [
            f"{self.skipped_count:,} {moments} not exist in {self.zone}, such as {quoted(self.first_skipped)}: clocks "
            "were put forward, and it was read as if they had not been. If there are many, the file has another "
            "`time_zone`."
        ]


def _since_epoch(text: str, per_second: int) -> datetime:
    if not NUMBER.fullmatch(text):
        raise ValueError
    return EPOCH + timedelta(seconds=float(text) / per_second)


def _epoch_hint(text: str) -> str:
    lengths = {13: "milliseconds", 10: "seconds"}
    unit = lengths.get(len(text)) if text.isascii() and text.isdigit() else None
    form = "epoch-ms" if unit == "milliseconds" else "epoch-s"
    return f"; if it counts {unit} since 1970, say `time_format: {form}` under `file`" if unit else ""


def runs_backwards(everything: Sequence[ReadMoment], cases: Iterable[Sequence[ReadMoment]]) -> bool:
    """Returns whether a file lists the latest events first. The order within its cases decides or, when no case has two
    different moments, the order of the whole file."""
    steps = [step for moments in cases for step in pairwise(moments)]
    up = sum(one.latest < following.at for one, following in steps)
    down = sum(one.at > following.latest for one, following in steps)
    if up == down == 0:
        return not is_in_order(everything) and is_in_order(everything[::-1])
    return down > up


def is_in_order(moments: Sequence[ReadMoment]) -> bool:
    """Returns whether the moments never decrease, ignoring those that clocks showed twice."""
    certain = [moment.at for moment in moments if moment.later is None]
    return all(one <= following for one, following in pairwise(certain))


def settled(moments: Iterable[ReadMoment]) -> list[ReadMoment]:
    """Decides what each text that clocks showed twice means. The moments are given in the order in which they happened.

    Such a text means its second moment when the first would be before a moment that precedes it in this order.
    """
    known: list[ReadMoment] = []
    latest: datetime | None = None
    for moment in moments:
        is_second = latest is not None and moment.later is not None and moment.at < latest <= moment.later
        known.append(moment.second if is_second else moment)
        latest = known[-1].at if latest is None else max(latest, known[-1].at)
    return known
