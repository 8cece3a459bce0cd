"""The state of the replica."""
