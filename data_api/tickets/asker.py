"""Who asks for a list, and what its filters have to look up for that person."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from contracts.teams import MY_TEAM
from data_api.access.actor import Actor
from data_api.lists.lookups import Lookups


@dataclass(frozen=True)
class Asker:
    """`campus_zone` is the time zone of moments that are given without one. Each look-up is done once, for all lists
    that the person asks for at the same time, and only where a filter needs it."""

    actor: Actor
    campus_zone: ZoneInfo
    lookups: Lookups

    def teams_called(self, slugs: Sequence[str]) -> list[int]:
        """Returns the ids of the teams with these slugs; `my-team` is the actor's own."""
        named = self.lookups.teams_called([slug for slug in slugs if slug != MY_TEAM])
        own = [self.actor.team_id] if MY_TEAM in slugs and self.actor.team_id is not None else []
        return list(dict.fromkeys([*named, *own]))

    @cached_property
    def team(self) -> Sequence[int]:
        """The ids of the people in the actor's team, also of those who were deactivated. Empty without a team."""
        return [] if self.actor.team_id is None else self.lookups.people_in(self.actor.team_id)
