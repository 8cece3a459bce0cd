"""Brings a database to the newest schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from data_api.kit.database import driver_url

ROOT = Path(__file__).resolve().parent.parent


def alembic_config(database_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations").replace("%", "%%"))
    config.attributes["url"] = driver_url(database_url)
    return config


def upgrade(database_url: str, revision: str = "head") -> None:
    """Runs the migrations that are missing. It is safe to run again, also at the same time as another run."""
    command.upgrade(alembic_config(database_url), revision)
