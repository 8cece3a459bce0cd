"""Keeps the rules of assignment."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from contracts.assignment_rules import (
    MOST_RULES,
    AssignmentRuleCreate,
    AssignmentRuleRead,
    AssignmentRuleUpdate,
    ConfidentialTickets,
)
from contracts.people import Permission
from contracts.teams import TeamBrief
from data_api.access.actor import Actor
from data_api.access.turns import wait_for_turn
from data_api.assignment.errors import OtherRulesNow, RuleNotFound, TooManyRules
from data_api.assignment.rule_repository import RuleRepository, RuleRow
from data_api.kit.versions import check_version
from data_api.models import AssignmentRule
from data_api.tickets.fields import PRIORITIES
from service_kit.errors import NotPermitted


class RuleService:
    """Rules about confidential tickets are for those who may read such tickets: whoever is assigned one becomes its
    reader, so with such a rule somebody could make themselves a reader of all of them."""

    def __init__(self, actor: Actor, repository: RuleRepository) -> None:
        self.actor = actor
        self.repository = repository

    def rules(self) -> list[AssignmentRuleRead]:
        return list(map(self._as_read, self.repository.all()))

    def read(self, rule_id: int) -> AssignmentRuleRead:
        return self._as_read(self._found(rule_id))

    def add(self, new: AssignmentRuleCreate) -> AssignmentRuleRead:
        """Raises TooManyRules, NotPermitted, InvalidInput, CategoryGoing."""
        wait_for_turn(self.repository.session, self.actor)
        count = self.repository.count()
        if count >= MOST_RULES:
            raise TooManyRules
        self._check_confidential(new.confidential)
        values = stored_rule(self.repository, new.model_dump())
        rule = self.repository.add({**values, "position": count + 1, "version": 1})
        return self.read(rule.id)

    def change(self, rule_id: int, change: AssignmentRuleUpdate) -> AssignmentRuleRead:
        """Changes the fields that the request names. Raises RuleNotFound, StaleVersion, NotPermitted, InvalidInput,
        CategoryGoing."""
        wait_for_turn(self.repository.session, self.actor)
        row = self._changeable(rule_id)
        rule = row.rule
        check_version(change.version, rule.version, f"“{rule.name}”", self._as_read(row))
        if change.confidential is not None:
            self._check_confidential(change.confidential)
        named = change.model_dump(exclude_unset=True, exclude={"version"})
        for name, value in stored_rule(self.repository, named).items():
            setattr(rule, name, value)
        rule.version += 1
        rule.modified_at = datetime.now(UTC)
        self.repository.flush()
        return self.read(rule_id)

    def delete(self, rule_id: int) -> None:
        """Raises RuleNotFound, NotPermitted."""
        wait_for_turn(self.repository.session, self.actor)
        self.repository.delete(self._changeable(rule_id).rule)

    def put_in_order(self, ids: Sequence[int]) -> list[AssignmentRuleRead]:
        """`ids` are those of all rules. Raises OtherRulesNow, and NotPermitted where rules about confidential tickets
        would change places with each other."""
        wait_for_turn(self.repository.session, self.actor)
        rules = {row.rule.id: row.rule for row in self.repository.all()}
        if len(ids) != len(rules) or set(ids) != set(rules):
            raise OtherRulesNow
        kept = [rule_id for rule_id, rule in rules.items() if not self._may_change(rule)]
        if kept != [rule_id for rule_id in ids if rule_id in kept]:
            raise _only_readers()
        self.repository.put_in_order(ids)
        return self.rules()

    # -- inside -----------------------------------------------------------------------------------------------------

    def _found(self, rule_id: int) -> RuleRow:
        row = self.repository.find(rule_id)
        if row is None:
            raise RuleNotFound(rule_id)
        return row

    def _changeable(self, rule_id: int) -> RuleRow:
        row = self._found(rule_id)
        self._check_confidential(ConfidentialTickets(row.rule.confidential))
        return row

    def _may_change(self, rule: AssignmentRule) -> bool:
        is_about_others = rule.confidential == ConfidentialTickets.NEVER
        return is_about_others or self.actor.may(Permission.TICKETS_READ_CONFIDENTIAL)

    def _check_confidential(self, confidential: ConfidentialTickets) -> None:
        may_read = self.actor.may(Permission.TICKETS_READ_CONFIDENTIAL)
        if confidential is not ConfidentialTickets.NEVER and not may_read:
            raise _only_readers()

    def _as_read(self, row: RuleRow) -> AssignmentRuleRead:
        rule, team = row.rule, row.team
        return AssignmentRuleRead(
            id=rule.id,
            number=rule.position,
            name=rule.name,
            is_on=rule.is_on,
            categories=row.categories or [],
            buildings=row.buildings or [],
            priorities=[PRIORITIES[place] for place in rule.priorities],
            words=rule.words,
            confidential=ConfidentialTickets(rule.confidential),
            team=TeamBrief(slug=team.slug, name=team.name),
            may_change=self._may_change(rule),
            created_at=rule.created_at,
            modified_at=rule.modified_at,
            version=rule.version,
        )


class RuleLookups(Protocol):
    """Finds what rules name. Raises InvalidInput for what there is not."""

    def team_id(self, slug: str) -> int: ...

    def category_ids(self, slugs: Sequence[str]) -> list[int]: ...

    def building_ids(self, slugs: Sequence[str]) -> list[int]: ...

    def search_of(self, words: Sequence[str]) -> str | None: ...


def stored_rule(lookups: RuleLookups, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the columns for these fields of a rule. Raises InvalidInput, CategoryGoing."""
    values = {name: sent[name] for name in ("name", "is_on", "confidential", "words") if name in sent}
    if "team" in sent:
        values["team_id"] = lookups.team_id(sent["team"])
    if "categories" in sent:
        values["category_ids"] = lookups.category_ids(sent["categories"])
    if "buildings" in sent:
        values["building_ids"] = lookups.building_ids(sent["buildings"])
    if "priorities" in sent:
        values["priorities"] = [PRIORITIES.index(priority) for priority in sent["priorities"]]
    if "words" in sent:
        values["query"] = lookups.search_of(sent["words"])
    return values


def _only_readers() -> NotPermitted:
    return NotPermitted(
        f"Rules about confidential tickets need the permission {Permission.TICKETS_READ_CONFIDENTIAL}: whoever gets "
        "such a ticket may read it."
    )
