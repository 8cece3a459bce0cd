"""Free SQL: each statement runs in a process of its own that can reach nothing but one snapshot of the replica."""
