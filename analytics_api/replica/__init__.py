"""How the replica is."""
