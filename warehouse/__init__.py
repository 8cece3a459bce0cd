"""The replica: a DuckDB copy of what may be analysed, which follows Postgres through the change feed."""
