"""Moments that nothing can compute with are refused, whatever their zone."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import TypeAdapter, ValidationError

from contracts.moments import EARLIEST, LATEST, MomentWithinYears, is_within_years, refuse_far_years

EAST, WEST = timezone(timedelta(hours=14)), timezone(-timedelta(hours=12))


@pytest.mark.parametrize("zone", [None, UTC, EAST, WEST])
@pytest.mark.parametrize("far", ["9999-12-31T23:59:59", "0001-01-01", "2200-01-02", "1970-01-01"])
def test_the_ends_of_the_calendar_are_refused_in_every_zone(far: str, zone: timezone | None) -> None:
    moment = datetime.fromisoformat(far).replace(tzinfo=zone)
    assert not is_within_years(moment)
    with pytest.raises(ValueError, match="must lie between 1970-01-02 and 2200-01-01"):
        refuse_far_years(moment)


def test_the_bounds_themselves() -> None:
    assert is_within_years(EARLIEST)
    assert is_within_years(LATEST - timedelta(microseconds=1))
    assert not is_within_years(LATEST)
    assert not is_within_years(EARLIEST - timedelta(microseconds=1))


def test_a_contract_names_its_field() -> None:
    adapter = TypeAdapter(MomentWithinYears)
    assert adapter.validate_python("2026-03-01T09:30:00Z") == datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    with pytest.raises(ValidationError, match="must lie between"):
        adapter.validate_python("9999-12-31T23:59:59Z")
