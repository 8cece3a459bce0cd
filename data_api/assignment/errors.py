"""What can go wrong with rules of assignment, as sentences."""

from contracts.assignment_rules import MOST_RULES
from data_api.kit.errors import NotFound
from service_kit.errors import LodgeError


class RuleNotFound(NotFound):
    """There is no such rule."""

    def __init__(self, rule_id: int) -> None:
        super().__init__(f"There is no assignment rule {rule_id}.")


class TooManyRules(LodgeError):
    """There are as many rules as there may be."""

    status = 409

    def __init__(self) -> None:
        super().__init__(f"There are {MOST_RULES} rules, and there may not be more; delete one first.")


class OtherRulesNow(LodgeError):
    """The rules that were put in order are not those that there are."""

    status = 409

    def __init__(self) -> None:
        super().__init__("A rule was added or deleted meanwhile; look at the rules again.")
