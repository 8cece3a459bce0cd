"""Measures how fast Lodge is on a large campus: `make bench`. docs/benchmarks.md says what each row means."""
