"""Queries on the rules of assignment. Whoever changes a rule holds the turn (`access/turns.py`)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    SQLColumnExpression,
    String,
    and_,
    any_,
    bindparam,
    cast,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, aggregate_order_by
from sqlalchemy.orm import Session

from data_api.lists.errors import CategoryGoing, StillInUse
from data_api.models import AssignmentRule, Building, Category, Team
from data_api.tickets.filters import SHORTEST
from service_kit.errors import InvalidInput

# A row of Postgres has at most 8,160 bytes, and a tsquery is never stored outside of its row.
MOST_BYTES = 7_000
# How many bytes each tsquery has.
SIZES = select(func.pg_column_size(cast(func.unnest(bindparam("queries", type_=ARRAY(String))), TSQUERY)))
Expression = SQLColumnExpression[Any]
# Each text's tsqueries, one for each of its words.
TERMS = select(func.lodge_terms(func.unnest(bindparam("words", type_=ARRAY(String))), SHORTEST))


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


class RuleRow(NamedTuple):
    """A rule with its team, and the slugs of its categories and buildings."""

    rule: AssignmentRule
    team: Team
    categories: list[str] | None
    buildings: list[str] | None


def _slugs(table: type[Category] | type[Building], ids: Any) -> Any:
    slugs = func.array_agg(aggregate_order_by(table.slug, table.id), type_=ARRAY(String))
    return select(slugs).where(table.id == func.any(ids)).correlate(AssignmentRule).scalar_subquery()


ROWS: Select[AssignmentRule, Team, list[str], list[str]] = (
    select(
        AssignmentRule,
        Team,
        _slugs(Category, AssignmentRule.category_ids),
        _slugs(Building, AssignmentRule.building_ids),
    )
    .join(Team, Team.id == AssignmentRule.team_id)
    .order_by(AssignmentRule.position)
)


class RuleRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def all(self) -> Sequence[RuleRow]:
        return [RuleRow(*row) for row in self.session.execute(ROWS)]

    def find(self, rule_id: int) -> RuleRow | None:
        row = self.session.execute(ROWS.where(AssignmentRule.id == rule_id)).one_or_none()
        return None if row is None else RuleRow(*row)

    def count(self) -> int:
        return self.session.scalars(select(func.count()).select_from(AssignmentRule)).one()

    def team_id(self, slug: str) -> int:
        """Raises InvalidInput if there is no such team."""
        found = self.session.scalar(select(Team.id).where(Team.slug == slug))
        if found is None:
            raise no_team(slug)
        return found

    def category_ids(self, slugs: Sequence[str]) -> list[int]:
        """Returns the ids of these categories, and keeps the categories from being deleted meanwhile. Raises
        InvalidInput, and CategoryGoing for one that is being deleted: that would not be waited for, because it may take
        minutes."""
        if not slugs:
            return []
        named = select(Category.slug, Category.id).where(Category.slug.in_(slugs))
        held = dict(self.session.execute(named.with_for_update(read=True, key_share=True, skip_locked=True)).all())
        if len(held) < len(slugs):
            in_order(slugs, dict(self.session.execute(named).all()), "categories")
            raise CategoryGoing
        return in_order(slugs, held, "categories")

    def building_ids(self, slugs: Sequence[str]) -> list[int]:
        """Returns the ids of these buildings, and keeps the buildings from being deleted meanwhile. Raises
        InvalidInput."""
        if not slugs:
            return []
        named = select(Building.slug, Building.id).where(Building.slug.in_(slugs))
        held = dict(self.session.execute(named.with_for_update(read=True, key_share=True)).all())
        return in_order(slugs, held, "buildings")

    def search_of(self, words: Sequence[str]) -> str | None:
        """Returns the tsquery that finds texts with any of these entries: of each entry, all words. Raises InvalidInput
        for an entry without a letter or digit, and for so many words that they could not be stored."""
        if not words:
            return None
        connection = self.session.connection()
        query = any_of_words(words, connection.scalars(TERMS, {"words": words}).all())
        check_size(connection.scalars(SIZES, {"queries": [query]}).one())
        return query

    def add(self, values: Mapping[str, Any]) -> AssignmentRule:
        rule = AssignmentRule(**values)
        self.session.add(rule)
        self.session.flush()
        return rule

    def flush(self) -> None:
        self.session.flush()

    def delete(self, rule: AssignmentRule) -> None:
        """Deletes the rule; those behind it move up."""
        behind = update(AssignmentRule).where(AssignmentRule.position > rule.position)
        self.session.delete(rule)
        self.session.flush()
        self.session.execute(behind.values(position=AssignmentRule.position - 1))

    def put_in_order(self, ids: Sequence[int]) -> None:
        """Numbers the rules in this order."""
        place = func.array_position(bindparam("ids", ids, type_=ARRAY(AssignmentRule.id.type)), AssignmentRule.id)
        moved = update(AssignmentRule).where(AssignmentRule.position != place)
        self.session.execute(
            moved.values(position=place.cast(Integer)), execution_options={"synchronize_session": False}
        )
        self.session.expire_all()

    # -- when what rules name goes --------------------------------------------------------------------------------

    @staticmethod
    def refuse(numbers: Sequence[int], name: str) -> None:
        """Raises StillInUse if there are rules that name what is to be deleted."""
        if numbers:
            told = "rule" if len(numbers) == 1 else "rules"
            raise StillInUse(f"{name} is in assignment {told} {', '.join(map(str, numbers))}; change that first.")

    def naming_category(self, category_id: int) -> list[int]:
        """Returns the numbers of the rules that name the category."""
        return self._numbers(AssignmentRule.category_ids.contains([category_id]))

    def naming_building(self, building_id: int) -> list[int]:
        return self._numbers(AssignmentRule.building_ids.contains([building_id]))

    def naming_team(self, team_id: int) -> list[int]:
        return self._numbers(AssignmentRule.team_id == team_id)

    def about_confidential(self, team_id: int) -> list[int]:
        """Returns the numbers of the rules that send confidential tickets to the team."""
        return self._numbers(and_(AssignmentRule.team_id == team_id, AssignmentRule.confidential != "never"))

    def replace_category(self, category_id: int, other_id: int) -> None:
        """Rules about the one category are about the other."""
        ids = func.array_replace(func.array_remove(AssignmentRule.category_ids, other_id), category_id, other_id)
        self._change(AssignmentRule.category_ids.contains([category_id]), category_ids=ids)

    def replace_team(self, team_id: int, other_id: int) -> None:
        """Rules that send tickets to the one team send them to the other."""
        self._change(AssignmentRule.team_id == team_id, team_id=other_id)

    def _numbers(self, condition: Any) -> list[int]:
        rules = select(AssignmentRule.position).where(condition).order_by(AssignmentRule.position)
        return list(self.session.scalars(rules))

    def _change(self, condition: Any, **values: Any) -> None:
        change = update(AssignmentRule).where(condition)
        values |= {"version": AssignmentRule.version + 1, "modified_at": func.now()}
        self.session.execute(change.values(values), execution_options={"synchronize_session": False})


KINDS = {"categories": "category", "buildings": "building"}


def in_order(slugs: Iterable[str], known: Mapping[str, int], field: str) -> list[int]:
    """Returns the ids of what a rule names in this field. Raises InvalidInput."""
    for slug in slugs:
        if slug not in known:
            raise InvalidInput.in_field(f"body.{field}", f"there is no {KINDS[field]} {slug}")
    return [known[slug] for slug in slugs]


def no_team(slug: str) -> InvalidInput:
    return InvalidInput.in_field("body.team", f"there is no team {slug}")


def any_of_words(words: Sequence[str], terms_of_each: Iterable[Sequence[str]]) -> str:
    """Returns the tsquery that finds texts with any of these entries. Raises InvalidInput."""
    each = []
    for word, terms in zip(words, terms_of_each, strict=True):
        if not terms:
            raise InvalidInput.in_field("body.words", f"there is no word in “{word}”")
        each.append(f"({' & '.join(terms)})")
    return " | ".join(each)


def check_size(size: int) -> None:
    """Raises InvalidInput for a tsquery that cannot be stored."""
    if size > MOST_BYTES:
        raise InvalidInput.in_field("body.words", "are too many; make several rules of them")
