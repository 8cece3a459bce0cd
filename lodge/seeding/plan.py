"""How much is seeded, and over which time."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from lodge.seeding.clock import HOUR, Clock, Moments, arrival_weight, office_weight

SEED_DAYS = 3 * 365
DEMO_DAYS, DEMO_TICKETS, DEMO_SEED = 200, 300, 1
DEMO_TODAY, DEMO_ALIKE, TODAY_HOURS = 13, 3, 10
OUTLOOK = timedelta(days=60)  # lives are planned past the present, then cut there


@dataclass(frozen=True)
class Plan:
    """Tickets are opened from `start` on, and nothing happens after `now`. So many as `today` says are opened in the
    last hours, which are working hours then, whatever day it is; so many as `alike` says
    of the latest are of one problem."""

    tickets: int
    seed: int
    start: datetime
    now: datetime
    zone: ZoneInfo
    today: int = 0
    alike: int = 0

    def opened(self) -> Moments:
        """When each is opened, in order."""
        rng = np.random.default_rng([self.seed, 0])
        arrivals = Clock.of(arrival_weight, self.start, self.now, self.zone)
        usual = arrivals.spread(rng, self.tickets - self.today, self.start, self.now)
        present = self.now.timestamp()
        fresh = np.floor(present - 120 - TODAY_HOURS * HOUR * rng.power(0.7, self.today))
        return np.sort(np.concatenate([usual, fresh]))

    def office(self) -> Clock:
        """When the desk works."""
        latest = self.now - timedelta(hours=TODAY_HOURS)

        def weight(at: datetime) -> float:
            return 1.0 if self.today and latest <= at <= self.now else office_weight(at)

        return Clock.of(weight, self.start, self.now + OUTLOOK, self.zone)


def seed_plan(tickets: int, seed: int, day: date, zone: ZoneInfo) -> Plan:
    """The three years before a day's first moment on campus."""
    now = datetime(day.year, day.month, day.day, tzinfo=zone)
    return Plan(tickets, seed & (2**63 - 1), now - timedelta(days=SEED_DAYS), now, zone)


def demo_plan(now: datetime, zone: ZoneInfo) -> Plan:
    """The last months, up to this minute."""
    now = now.astimezone(zone).replace(second=0, microsecond=0)
    return Plan(DEMO_TICKETS, DEMO_SEED, now - timedelta(days=DEMO_DAYS), now, zone, DEMO_TODAY, DEMO_ALIKE)
