"""Live events: what changed, told to those who may read it."""
