"""The analytics API: answers analyses from the replica."""
