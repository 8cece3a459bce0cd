"""What a summary of a table says, on a replica with sixty tickets."""

import pytest

from tests.warehouse.following import USUAL, Following
from warehouse import summaries
from warehouse.summaries import ColumnSummary, Summary, summarise


def of(desk: Following, name: str) -> Summary:
    return summarise(desk.replica, USUAL, name)


def column(summary: Summary, name: str) -> ColumnSummary:
    (found,) = [column for column in summary.columns if column.name == name]
    return found


@pytest.mark.parametrize("name", [*(table.name for table in USUAL.tables), *(view.name for view in USUAL.views)])
def test_it_tells_of_every_column_what_the_replica_holds(shared_desk: Following, name: str) -> None:
    summary = of(shared_desk, name)
    columns = [one for one in shared_desk.replica.types(name) if (name, one) not in USUAL.only_analyses]
    assert [column.name for column in summary.columns] == columns
    assert summary.rows == summary.read > 0 or name == "stage"
    for each in summary.columns:
        ((nulls, low, high),) = shared_desk.last_numbers(
            f"SELECT count(*) - count({each.name}), min({each.name})::VARCHAR, max({each.name})::VARCHAR FROM {name}"
        )
        assert (each.nulls, each.minimum, each.maximum) == (nulls, low, high)
        assert sum(each.histogram) in {0, summary.read - nulls}


def test_few_values_are_all_listed_the_most_frequent_first(shared_desk: Following) -> None:
    status = column(of(shared_desk, "ticket"), "status")
    assert list(status.values) == [("active", 20), ("closed", 20), ("open", 20)]
    assert list(status.histogram) == []
    confidential = column(of(shared_desk, "ticket"), "is_confidential")
    assert list(confidential.values) == [("false", 48), ("true", 12)]


def test_numbers_and_moments_are_spread_over_their_range(shared_desk: Following) -> None:
    summary = of(shared_desk, "tickets")
    assert list(column(summary, "id").histogram) == [5] * 12
    assert list(column(summary, "opened_at").histogram) == [5] * 12
    assert [rows for _, rows in column(summary, "id").values] == [None] * 3


def test_what_is_hidden_of_confidential_tickets_stays_hidden(shared_desk: Following) -> None:
    assert column(of(shared_desk, "ticket"), "requester_id").nulls == 12
    assert "title" not in [each.name for each in of(shared_desk, "ticket").columns]


@pytest.mark.parametrize("name", ["ticket", "tickets"])
def test_of_a_large_table_rows_are_drawn(shared_desk: Following, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """All sixty lie in one block, which is drawn or not."""
    monkeypatch.setattr(summaries, "MOST_ROWS", 59)
    found = {(of(shared_desk, name).rows, of(shared_desk, name).read) for _ in range(3)}
    assert found <= {(60, 60), (60, 0)}
