"""The ticket service on Postgres: the truth."""
