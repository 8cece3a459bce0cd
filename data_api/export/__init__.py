"""Exports: the tickets that a list's filters find, as a file of any size."""
