"""Tickets: reporting, listing, changing, moving and deleting them, and their history."""
