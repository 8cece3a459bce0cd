"""How Alembic connects to the database: `data_api.migrate` passes the URL."""

from alembic import context
from sqlalchemy import NullPool, create_engine, text

from data_api.models import Base

config = context.config


def run() -> None:
    # Without a pool, closing the connection releases the advisory lock, even when a migration fails.
    engine = create_engine(config.attributes["url"], poolclass=NullPool)
    with engine.connect() as connection:
        # Two starts at the same moment must not both migrate.
        connection.execute(text("SELECT pg_advisory_lock(hashtext('lodge migrations'))"))
        connection.commit()
        context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()


run()
