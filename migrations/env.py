"""How alembic reaches the database: the URL comes from `data_api.migrate`."""

from alembic import context
from sqlalchemy import create_engine, text

from data_api.models import Base

config = context.config


def run() -> None:
    engine = create_engine(config.attributes["url"])
    with engine.connect() as connection:
        # Two starts at the same moment must not both migrate; the lock goes with the connection.
        connection.execute(text("SELECT pg_advisory_lock(hashtext('lodge migrations'))"))
        connection.commit()
        context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
