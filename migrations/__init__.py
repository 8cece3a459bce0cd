"""The database's history, told by alembic."""
