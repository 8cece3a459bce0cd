"""Saved views of the queue, those that everybody has, and how many tickets each finds."""
