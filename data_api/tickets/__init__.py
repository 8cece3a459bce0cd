"""Tickets: reporting, listing, changing and moving them."""
