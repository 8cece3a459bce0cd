"""`data_api/tickets/fields.py` has an entry for all that the contracts say of a ticket's fields."""

from sqlalchemy import CheckConstraint, DateTime

from contracts.tickets import TEXTS, EventKind, TicketQuery, TicketRead, TicketSort, TicketUpdate
from data_api.kit.paging import OrNull
from data_api.models import Ticket
from data_api.tickets.changes import TicketChanges
from data_api.tickets.fields import EDITS, FIELDS, FILTERS, PLAIN
from data_api.tickets.filters import CONDITIONS, ORDERS
from data_api.tickets.rules import REQUESTER_EDITS, STAFF_EDITS

NO_FILTERS = {"q", "sort", "limit", "cursor"}
FOLLOW_FROM_THE_RULES = {"allowed_statuses", "editable"}


def test_each_field_that_is_answered_has_an_entry() -> None:
    names = [field.name for field in FIELDS]
    assert sorted(names) == sorted(set(TicketRead.model_fields) - FOLLOW_FROM_THE_RULES)


def test_each_field_that_can_be_changed_has_an_editor() -> None:
    assert sorted(EDITS) == sorted(set(TicketUpdate.model_fields) - {"version", "despite_blockers"})
    assert list(TicketUpdate.model_fields) == ["version", *STAFF_EDITS, "despite_blockers"]
    assert set(REQUESTER_EDITS) < set(STAFF_EDITS)


def test_each_kind_of_line_in_the_history_is_of_one_field() -> None:
    kinds = [edit.kind for edit in EDITS.values()]
    assert sorted(kinds) == sorted(
        set(EventKind)
        - {EventKind.OPENED, EventKind.STATUS, EventKind.FOLLOWER, EventKind.ATTACHMENT}
        - {EventKind.LINK, EventKind.BLOCKER}
    )
    # A former text is put back under the name of its kind.
    assert all(EDITS[kind].kind is kind for kind in TEXTS)


def test_each_editor_has_a_column_unless_it_has_a_way_of_its_own() -> None:
    columns = {edit.column or name for name, edit in EDITS.items() if name != "tags"}
    assert columns <= set(Ticket.__table__.columns.keys())
    assert hasattr(TicketChanges, "_set_tags")
    assert set(PLAIN) <= columns


def test_each_filter_has_a_condition() -> None:
    assert {one.name for one in FILTERS} == set(TicketQuery.model_fields) - NO_FILTERS
    assert len(CONDITIONS) == sum(len(one.conditions) for one in FILTERS), "two conditions of one name"


def test_each_sort_has_an_order() -> None:
    assert set(ORDERS) == set(TicketSort)
    for sort, order in ORDERS.items():
        assert order.is_descending == sort.startswith("-")
        assert len(order.columns) == len(order.types)
        assert order.columns[-1] is Ticket.id


def test_what_may_be_null_is_told_to_cursors_and_can_be_told_by_them() -> None:
    """A moment beyond the calendar would have a cursor that names another one: a page would follow itself."""
    checks = [str(one.sqltext) for one in Ticket.__table__.constraints if isinstance(one, CheckConstraint)]  # type: ignore[attr-defined]
    for order in ORDERS.values():
        column, *others = (Ticket.__table__.c[str(one.key)] for one in order.columns)
        assert isinstance(order.types[0], OrNull) == bool(column.nullable)
        assert not any(other.nullable for other in others)
        # The list itself puts moments that are not credible last, where a cursor does not name them.
        if column.nullable and isinstance(column.type, DateTime) and not order.is_by_moment:
            assert any(f"{column.name} BETWEEN" in check for check in checks), f"{column.name} has no CHECK"
