"""Links between tickets: what relates to, duplicates and blocks what."""
