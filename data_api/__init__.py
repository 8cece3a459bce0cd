"""The ticket service on Postgres. Its database is the source of truth; the replica only follows it."""
