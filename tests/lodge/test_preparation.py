"""The database is made ready, and quickly so when it is ready already."""

import subprocess
import sys

from alembic.script import ScriptDirectory

from data_api.migrate import alembic_config
from lodge.preparation import applied_revision, has_tickets, newest_revision, prepare
from tests.support.databases import cloned_database


def test_the_newest_revision_is_the_one_that_alembic_finds() -> None:
    assert newest_revision() == ScriptDirectory.from_config(alembic_config("postgresql://")).get_current_head()


def test_an_empty_database_gets_the_schema_and_a_second_time_nothing_happens(postgres_url: str) -> None:
    with cloned_database(postgres_url, "template1") as url:
        assert applied_revision(url) is None
        prepare(url)
        assert applied_revision(url) == newest_revision()
        prepare(url.replace("postgresql://", "postgresql+psycopg://"))
        assert not has_tickets(url)


def test_a_ready_database_costs_no_import_of_the_migrations(database_url: str) -> None:
    script = (
        "import sys; from lodge.upgrading import make_ready; from service_kit.settings import get_settings;"
        "make_ready(sys.argv[1], get_settings(), sys.exit);"
        "sys.exit(' '.join({'alembic', 'sqlalchemy', 'numpy'} & sys.modules.keys()) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", script, database_url], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
