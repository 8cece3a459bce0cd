"""Entering, leaving, and who I am."""
