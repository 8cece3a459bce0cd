"""Automatic assignment: which team a new ticket goes to, and who of the team gets it."""
