"""Fills a desk with a plausible campus: `lodge seed`, and the demo of `lodge up --demo`."""

from lodge.seeding.seeding import demo, seed

__all__ = ["demo", "seed"]
