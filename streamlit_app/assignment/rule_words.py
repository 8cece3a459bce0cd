"""Rules of assignment as sentences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contracts.assignment_rules import AssignmentRuleRead, ConfidentialTickets
from contracts.tickets import Priority
from streamlit_app.language.text import isolated
from streamlit_app.language.words import PRIORITIES
from streamlit_app.state import lists

EVERY = {
    ConfidentialTickets.NEVER: "Every ticket that is not confidential",
    ConfidentialTickets.ALSO: "Every ticket, also a confidential one",
    ConfidentialTickets.ONLY: "Every confidential ticket",
}


@dataclass(frozen=True)
class Conditions:
    """What a ticket must be like. `categories` and `buildings` are slugs."""

    categories: Iterable[str]
    buildings: Iterable[str]
    priorities: Iterable[Priority]
    words: Iterable[str]
    confidential: ConfidentialTickets


def conditions_of(rule: AssignmentRuleRead) -> Conditions:
    return Conditions(rule.categories, rule.buildings, rule.priorities, rule.words, rule.confidential)


def sentence(conditions: Conditions, team: str) -> str:
    """Returns a sentence such as "If the category is Technical IT and the building is Main Library → Networks". Text,
    not markdown."""
    named = [
        *_one_of("the category is", _names(conditions.categories, lists.category_names())),
        *_one_of("the building is", _names(conditions.buildings, lists.building_names())),
        *_one_of("the priority is", [PRIORITIES[level].text.lower() for level in conditions.priorities]),
        *_one_of("it says", [f"“{isolated(word)}”" for word in conditions.words]),
    ]
    return f"{_if(named, conditions.confidential)} → {isolated(team)}"


def called(rule: AssignmentRuleRead) -> str:
    """Returns what a rule is called in a sentence, such as "rule 3, Networks"."""
    return f"rule {rule.number}, {isolated(rule.name)}"


def _if(named: list[str], confidential: ConfidentialTickets) -> str:
    if not named:
        return EVERY[confidential]
    if confidential is ConfidentialTickets.ONLY:
        named = [*named, "it is confidential"]
    also = ", also a confidential ticket," if confidential is ConfidentialTickets.ALSO else ""
    return f"If {' and '.join(named)}{also}"


def _one_of(what: str, names: list[str]) -> list[str]:
    return [f"{what} {' or '.join(names)}"] if names else []


def _names(slugs: Iterable[str], names: Mapping[str, str]) -> list[str]:
    return [isolated(names.get(slug, slug)) for slug in slugs]
