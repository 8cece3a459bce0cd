"""Helpers for tests: databases of their own, a running data API, people who sign in to it."""
