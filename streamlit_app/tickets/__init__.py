"""Tickets: rows, card, forms, history, and the filters of the queue."""
