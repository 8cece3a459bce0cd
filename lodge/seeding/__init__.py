"""A plausible campus: `lodge seed`, and the demo that `lodge up --demo` shows."""

from lodge.seeding.seeding import demo, seed

__all__ = ["demo", "seed"]
