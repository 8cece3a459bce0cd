"""Which rule a ticket fits. The same condition finds the rule of a new ticket and tries rules on old ones."""

from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, any_, func, or_

Expression = SQLColumnExpression[Any]


def fits(rule: Any, ticket: Any) -> ColumnElement[bool]:
    """Returns the condition that the ticket fits the rule. `rule` has the columns `confidential`, `category_ids`,
    `building_ids`, `priorities` and `query`: the table of rules, or rules that are only tried. `ticket` has
    `is_confidential`, `category_id`, `building_id`, `priority` and `search`: the table of tickets, or the values of one
    that is not stored yet. The words come last, because only they need the text."""
    return and_(
        or_(rule.confidential == "also", (rule.confidential == "only") == ticket.is_confidential),
        _is_any(rule.category_ids, ticket.category_id),
        _is_any(rule.building_ids, ticket.building_id),
        _is_any(rule.priorities, ticket.priority),
        or_(rule.query.is_(None), ticket.search.bool_op("@@")(rule.query)),
    )


def _is_any(wanted: Expression, present: Expression) -> ColumnElement[bool]:
    """An empty array wants nothing. NULL, as of a ticket without a building, is none of the wanted."""
    return or_(func.cardinality(wanted) == 0, present == any_(wanted))
