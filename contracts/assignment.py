"""Why Lodge gave a ticket to somebody, or to nobody."""

from enum import StrEnum

from pydantic import Field, computed_field

from contracts.base import Output


class AssignmentOutcome(StrEnum):
    ASSIGNED = "assigned"
    NOBODY_FREE = "nobody-free"  # the ticket is in the team's queue


class AssignmentReason(Output):
    """How an automatic assignment was decided, with the names and numbers of that moment. Only staff are told.

    Of the `people` of the team who work on tickets, each is counted once: as `away`, `off_hours` (outside their working
    hours), `full` (with as many tickets as their capacity) or `free`. `experts`: how many of those who were free know
    about the ticket's category or building; if there are any, it went to one of them.
    """

    outcome: AssignmentOutcome
    rule: int | None = Field(description="The rule's number in the list; null if the team was chosen by hand.")
    rule_name: str | None
    team: str = Field(description="The team's name.")
    people: int
    away: int
    off_hours: int
    full: int
    free: int
    experts: int

    @computed_field(description="All of this as one sentence.")  # type: ignore[prop-decorator]
    @property
    def text(self) -> str:
        start = self.team if self.rule is None else f"rule {self.rule}: {self.team}"
        return f"{start}; {self._outcome()}"

    def _outcome(self) -> str:
        if not self.people:
            return "nobody in this team works on tickets"
        if self.outcome is AssignmentOutcome.NOBODY_FREE:
            busy = {"away": self.away, "outside working hours": self.off_hours, "full": self.full}
            return "nobody is free: " + ", ".join(f"{count} {what}" for what, count in busy.items() if count)
        if self.experts:
            if self.experts == 1:
                return "the only one with the expertise who is free"
            return f"least loaded of {self.experts} with the expertise"
        return "the only one who is free" if self.free == 1 else f"least loaded of {self.free}"
