"""The analysis service on the replica: the numbers."""
