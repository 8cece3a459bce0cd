"""Which rule a ticket fits. The same condition finds the rule of a new ticket and tries rules on old ones."""

from typing import Any, Protocol

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, any_, func, or_

Expression = SQLColumnExpression[Any]


class RuleColumns(Protocol):
    """The columns of stored rules, or of rules that are only tried."""

    @property
    def category_ids(self) -> Expression: ...

    @property
    def building_ids(self) -> Expression: ...

    @property
    def priorities(self) -> Expression: ...

    @property
    def query(self) -> Expression: ...

    @property
    def confidential(self) -> Expression: ...


class TicketColumns(Protocol):
    """What rules ask of a ticket: its columns, or the values of one that is not stored yet."""

    @property
    def category_id(self) -> Expression: ...

    @property
    def building_id(self) -> Expression: ...

    @property
    def priority(self) -> Expression: ...

    @property
    def search(self) -> Expression: ...

    @property
    def is_confidential(self) -> Expression: ...


def fits(rule: RuleColumns, ticket: TicketColumns) -> ColumnElement[bool]:
    """Returns the condition that the ticket fits the rule. The words come last, because only they need the text."""
    about_confidential = or_(rule.confidential == "also", (rule.confidential == "only") == ticket.is_confidential)
    return and_(
        about_confidential,
        _is_any(rule.category_ids, ticket.category_id),
        _is_any(rule.building_ids, ticket.building_id),
        _is_any(rule.priorities, ticket.priority),
        or_(rule.query.is_(None), ticket.search.bool_op("@@")(rule.query)),
    )


def _is_any(wanted: Expression, present: Expression) -> ColumnElement[bool]:
    """An empty array wants nothing. NULL, as of a ticket without a building, is none of the wanted."""
    return or_(func.cardinality(wanted) == 0, present == any_(wanted))
