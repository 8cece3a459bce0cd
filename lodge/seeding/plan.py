"""How many tickets are seeded, and over which period."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from lodge.seeding.clock import HOUR, Clock, Moments, arrival_weight, office_weight

SEED_DAYS = 3 * 365
DEMO_DAYS, DEMO_TICKETS, DEMO_SEED = 200, 300, 1
DEMO_TODAY, DEMO_ALIKE, TODAY_HOURS = 13, 3, 10
OUTLOOK = timedelta(days=60)  # lives are planned beyond the present, then cut there


@dataclass(frozen=True)
class Plan:
    """Tickets are opened from `start` on, and nothing happens after `now`. `today` is the number of tickets opened in
    the last hours, which then count as working hours on any day. `alike` is the number of recent tickets that report
    the same problem. `is_demo`: the campus also shows what administrators can make of it, such as a role of
    their own."""

    tickets: int
    seed: int
    start: datetime
    now: datetime
    zone: ZoneInfo
    today: int = 0
    alike: int = 0
    is_demo: bool = False

    def opened(self) -> Moments:
        """Returns when the tickets are opened, in order."""
        rng = np.random.default_rng([self.seed, 0])
        arrivals = Clock.of(arrival_weight, self.start, self.now, self.zone)
        usual = arrivals.spread(rng, self.tickets - self.today, self.start, self.now)
        present = self.now.timestamp()
        fresh = np.floor(present - 120 - TODAY_HOURS * HOUR * rng.power(0.7, self.today))
        return np.sort(np.concatenate([usual, fresh]))

    def office(self) -> Clock:
        """Returns the clock of the staff's working hours."""
        latest = self.now - timedelta(hours=TODAY_HOURS)

        def weight(at: datetime) -> float:
            return 1.0 if self.today and latest <= at <= self.now else office_weight(at)

        return Clock.of(weight, self.start, self.now + OUTLOOK, self.zone)


def seed_plan(tickets: int, seed: int, day: date, zone: ZoneInfo) -> Plan:
    """Returns the plan for the three years before midnight, in campus time, at the beginning of `day`."""
    now = datetime(day.year, day.month, day.day, tzinfo=zone)
    return Plan(tickets, seed & (2**63 - 1), now - timedelta(days=SEED_DAYS), now, zone)


def demo_plan(now: datetime, zone: ZoneInfo) -> Plan:
    """Returns the plan for the last DEMO_DAYS days, up to the current minute."""
    now = now.astimezone(zone).replace(second=0, microsecond=0)
    return Plan(
        DEMO_TICKETS, DEMO_SEED, now - timedelta(days=DEMO_DAYS), now, zone, DEMO_TODAY, DEMO_ALIKE, is_demo=True
    )
