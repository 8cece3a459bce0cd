"""The desk now, for its staff."""
