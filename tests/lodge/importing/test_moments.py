"""The text of a moment becomes a moment, or is refused as the file has it."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from contracts.moments import EARLIEST
from lodge.importing.mapping import FileFormat
from lodge.importing.moments import MomentReader, ReadMoment, check_time_format, is_in_order, settled
from lodge.importing.refusals import RowRefused

ROME = ZoneInfo("Europe/Rome")
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def reader(form: str | None = None, zone: ZoneInfo | None = None, campus: ZoneInfo = ROME) -> MomentReader:
    return MomentReader(form, zone, campus, keeps_future=False, now=NOW)


def read(text: str, form: str | None = None, zone: ZoneInfo | None = None, campus: ZoneInfo = ROME) -> str:
    return reader(form, zone, campus).read("time", text).at.strftime("%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("text", "form", "utc"),
    [
        ("2026-07-01T22:30:00", None, "07-01 20:30:00"),
        ("2026-07-01T22:30:00Z", None, "07-01 22:30:00"),
        ("2026-07-01T22:30:00+05:30", None, "07-01 17:00:00"),
        ("01.07.2026 22:30 +0200", "%d.%m.%Y %H:%M %z", "07-01 20:30:00"),
        ("2026-07-01T22:30:00.123Z", "%Y-%m-%dT%H:%M:%S.%f%z", "07-01 22:30:00"),
        *((f"2026-07-01 22:30 {name}", "%Y-%m-%d %H:%M %Z", "07-01 22:30:00") for name in ("UTC", "utc", "GMT", "Z")),
        ("2026-07-01 22:30 UTC+2", "%Y-%m-%d %H:%M %Z", "07-01 20:30:00"),
        ("2026-07-01 22:30 GMT-05:30", "%Y-%m-%d %H:%M %Z", "07-02 04:00:00"),
        ("2026-07-01 22:30 Asia/Tokyo", "%Y-%m-%d %H:%M %Z", "07-01 13:30:00"),
        ("Wed Jul 01 22:30:00 UTC 2026", "%a %b %d %H:%M:%S %Z %Y", "07-01 22:30:00"),
        ("Jul 01, 2026 10:30 PM CEST", "%b %d, %Y %I:%M %p %Z", "07-01 20:30:00"),
        ("2026-01-05 10:00 CET", "%Y-%m-%d %H:%M %Z", "01-05 09:00:00"),
        ("2025-10-26 02:30 CEST", "%Y-%m-%d %H:%M %Z", "10-26 00:30:00"),
        ("2025-10-26 02:30 CET", "%Y-%m-%d %H:%M %Z", "10-26 01:30:00"),
        ("1772442600000", "epoch-ms", "03-02 09:10:00"),
        ("1772442600", "epoch-s", "03-02 09:10:00"),
        ("1772442600.5", "epoch-s", "03-02 09:10:00"),
    ],
)
def test_moments_are_read_in_their_zone(text: str, form: str | None, utc: str) -> None:
    assert read(text, form) == utc


@pytest.mark.parametrize("name", ["EST", "IST", "CST", "BST", "CET", "PDT", "MSK", "Mars/Base"])
def test_a_zone_that_may_be_another_is_refused_by_name(name: str) -> None:
    """Rome is at CEST then, so that CET is somebody else's or a mistake."""
    with pytest.raises(RowRefused) as refused:
        read(f"2026-07-01 22:30 {name}", "%Y-%m-%d %H:%M %Z")
    assert f"time: '2026-07-01 22:30 {name}': '{name}' is not the zone of Europe/Rome on that day" in str(refused.value)


def test_letters_of_the_files_own_zone_are_known() -> None:
    assert read("2026-01-05 10:00 EST", "%Y-%m-%d %H:%M %Z", ZoneInfo("America/New_York")) == "01-05 15:00:00"
    assert read("2026-01-05 10:00 CST", "%Y-%m-%d %H:%M %Z", ZoneInfo("Asia/Shanghai")) == "01-05 02:00:00"


@pytest.mark.parametrize(
    "form", ["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S UTC", "%d.%m.%Y %H:%M GMT", "%H:%M CET %d.%m.%Y"]
)
def test_a_zone_in_the_formats_own_letters_is_not_passed_over(form: str) -> None:
    with pytest.raises(ValueError, match=r"are passed over there. Write %Z"):
        FileFormat(time_format=form)
    assert FileFormat(time_format=form, time_zone="UTC").time_zone == "UTC"
    assert FileFormat(time_format="%Y-%m-%dT%H:%M:%S").time_format


@pytest.mark.parametrize("form", ["%H:%M", "%d.%m %H:%M", "%Y", "%Q", "%", "epoch", "%Y %U"])
def test_formats_that_do_not_say_the_day_are_refused(form: str) -> None:
    with pytest.raises(ValueError, match=r"is no format|does not say the day"):
        check_time_format(form)


@pytest.mark.parametrize(
    ("text", "form", "reason"),
    [
        ("9999-12-31 23:59", None, "'9999-12-31 23:59' is outside the years that Lodge can compute with"),
        ("9999-12-31T23:59:59.999999-12:00", None, "is outside the years"),
        ("0001-01-01T00:00:00+14:00", None, "is outside the years"),
        ("0001-01-01", None, "is outside the years"),
        ("1900-01-01", None, "is outside the years"),
        ("1970-01-01T00:00:00Z", None, "is outside the years"),
        ("0", "epoch-ms", "is outside the years"),
        ("-62135596800000", "epoch-ms", "is outside the years"),
        ("253402300799999", "epoch-ms", "is outside the years"),
        ("999999999999999999", "epoch-s", "is no time (epoch-s)"),
        ("2026-11-29T13:00:01", None, "'2026-11-29T13:00:01' has not happened yet"),
        ("2026-11-30", None, "has not happened yet"),
        ("2026-02-30", None, "is no time (ISO 8601"),
        ("2026-03-01T09:30:00" + " " * 100, None, "is no time"),
        ("1e300", "epoch-s", "is no time"),
        ("", None, "is missing"),
    ],
)
def test_what_is_no_moment_of_the_past_is_refused(text: str, form: str | None, reason: str) -> None:
    with pytest.raises(RowRefused) as refused:
        read(text, form)
    assert reason in str(refused.value)
    assert str(refused.value).startswith("time: ")


@pytest.mark.parametrize(
    "campus", ["Pacific/Kiritimati", "Etc/GMT+12", "America/Sao_Paulo", "Asia/Kolkata", "Africa/Cairo"]
)
@pytest.mark.parametrize(("text", "form"), [("2018-11-04", None), ("04.11.2018", "%d.%m.%Y")])
def test_a_day_stays_that_day(campus: str, text: str, form: str | None) -> None:
    """Whatever the zone of the file's times, and where midnight was skipped."""
    zone = ZoneInfo(campus)
    moment = reader(form, ZoneInfo("Asia/Tokyo"), zone).read("time", text)
    assert moment.at.astimezone(zone).strftime("%Y-%m-%d") == "2018-11-04"


def at(*texts: str, zone: ZoneInfo = ROME) -> list[ReadMoment]:
    return [reader(zone=zone).read("time", text) for text in texts]


def clock(moments: list[ReadMoment]) -> list[str]:
    return [moment.at.strftime("%H:%M") for moment in moments]


@pytest.mark.parametrize(
    ("texts", "utc"),
    [
        (["02:50", "02:10"], ["00:50", "01:10"]),
        (["02:10", "02:50"], ["00:10", "00:50"]),
        (["02:50", "02:10", "02:30", "03:00"], ["00:50", "01:10", "01:30", "02:00"]),
        (["01:50", "02:10", "02:50", "02:50"], ["23:50", "00:10", "00:50", "00:50"]),
        (["03:10", "02:40"], ["02:10", "00:40"]),  # out of order: neither of the two is later
    ],
)
def test_the_order_decides_which_of_the_repeated_hour_is_meant(texts: list[str], utc: list[str]) -> None:
    assert clock(settled(at(*(f"2025-10-26 {text}" for text in texts)))) == utc


def test_half_an_hour_is_repeated_on_lord_howe() -> None:
    island = ZoneInfo("Australia/Lord_Howe")
    assert clock(settled(at("2026-04-05 01:50", "2026-04-05 01:40", zone=island))) == ["14:50", "15:10"]


def test_order_is_told_by_the_moments_that_clocks_showed_once() -> None:
    assert is_in_order(at("2025-10-26 01:00", "2025-10-26 02:50", "2025-10-26 02:10", "2025-10-26 04:00"))
    assert not is_in_order(at("2025-10-26 04:00", "2025-10-26 02:50", "2025-10-26 01:00"))


def test_an_hour_that_was_skipped_is_told() -> None:
    reading = reader()
    moments = [reading.read("time", f"2026-03-29 0{hour}:30") for hour in (1, 2, 3)]
    assert clock(moments) == ["00:30", "01:30", "01:30"]
    assert reading.notes == [
        "1 moment does not exist in Europe/Rome, such as '2026-03-29 02:30': clocks were put forward, and it was read "
        "as if they had not been. If there are many, the file has another `time_zone`."
    ]


def test_no_text_is_anything_but_a_moment_or_refused() -> None:
    signs: list[Any] = [
        "2026",
        "-",
        ":",
        "T",
        "Z",
        " ",
        "+",
        "99",
        "%",
        "\x00",
        "٣",
        "Ⅷ",
        "\ud800",
        "/",
        "UTC",
        "e",
        ".",
    ]
    told, moments = list[str](), list[datetime]()
    for form in (None, "%Y-%m-%d %Z", "%d.%m.%Y %H:%M %z", "epoch-ms"):
        reading = reader(form)
        for place in range(2_000):
            text = "".join(str(signs[(place * step + step) % len(signs)]) for step in range(1, 2 + place % 9))
            try:
                moments.append(reading.read("time", text).at)
            except RowRefused as refused:
                told.append(str(refused))
    assert moments
    assert len(told) > 7_000
    assert [one for one in told if not (one.startswith("time: ") and one.isprintable())] == []
    assert [moment for moment in moments if not EARLIEST <= moment <= NOW] == []
