"""The content of files: receiving, checking, keeping and sweeping it. Knows nothing of tickets and who may read."""
