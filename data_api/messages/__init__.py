"""The messages of a ticket's conversation."""
