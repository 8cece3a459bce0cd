"""Live events: each change of a ticket or message, sent to those who may read it."""
