"""A backup that somebody has made to do harm: a sentence, or nothing of it is carried out."""

import io
import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from rich.console import Console

from lodge.backup import BackupRefused, programs, restore
from lodge.backup.archive import BLOCK, _header, _padding
from lodge.backup.programs import Columns, Encoding, Number, _check_statements, read_parts, targets_of
from lodge.errors import LodgeError
from service_kit.settings import Settings
from tests.lodge.backup.conftest import QUIET, SmallDesk
from tests.lodge.backup.forging import contents, rewrite
from tests.lodge.backup.test_archive import sealed
from tests.lodge.backup.test_restore import agree, never_asked, without_sign_ins

# What a desk's database would do more than a desk, each told by its kind in a dump.
MORE = """
CREATE TABLE stolen (what text);
CREATE VIEW everything AS SELECT * FROM session_token;
CREATE FUNCTION steal() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO stolen SELECT new.body; RETURN new; END $$;
CREATE TRIGGER steal AFTER INSERT ON message FOR EACH ROW EXECUTE FUNCTION steal();
CREATE RULE swallow AS ON DELETE TO message DO INSTEAD NOTHING;
CREATE FUNCTION leak(bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN $1; END $$;
CREATE INDEX leaking ON ticket (leak(id));
CREATE SCHEMA hidden CREATE TABLE more (what text);
CREATE OR REPLACE FUNCTION log_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
ALTER TABLE ticket ALTER title SET DEFAULT 'owned';
ALTER TABLE person DISABLE TRIGGER log_update;
INSERT INTO stolen VALUES ('row');
"""
OBJECTS = """
SELECT 'relation ' || relnamespace::regnamespace || '.' || relname FROM pg_class
WHERE relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
UNION ALL SELECT 'function ' || oid::regprocedure || md5(prosrc) FROM pg_proc
WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT 'trigger ' || tgrelid::regclass || ' ' || tgname || tgenabled::text FROM pg_trigger
WHERE NOT tgisinternal
UNION ALL SELECT 'rule ' || ev_class::regclass || rulename FROM pg_rewrite WHERE rulename <> '_RETURN'
UNION ALL SELECT 'default ' || adrelid::regclass || ' ' || attname || ' ' || pg_get_expr(adbin, adrelid)
FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
UNION ALL SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%'
UNION ALL SELECT 'extension ' || extname FROM pg_extension
UNION ALL SELECT 'event trigger ' || evtname FROM pg_event_trigger
UNION ALL SELECT 'constraint ' || conrelid::regclass || conname FROM pg_constraint
ORDER BY 1
"""


def objects(desk: SmallDesk) -> list[str]:
    with psycopg.connect(desk.url) as connection:
        return [name for (name,) in connection.execute(OBJECTS.encode()).fetchall()]


def test_what_the_schema_does_not_have_is_not_restored(desk: SmallDesk, empty_desk: SmallDesk, tmp_path: Path) -> None:
    usual, before = objects(desk), desk.rows()
    desk.run(MORE)
    hostile = desk.back_up(tmp_path / "hostile")
    text = json.loads(contents(hostile)["manifest.json"])
    forged = rewrite(hostile, tmp_path / "forged", rows={name: n for name, n in text["rows"].items() if name in before})
    said = io.StringIO()
    restore(empty_desk.settings, forged, never_asked, Console(file=said))
    assert objects(empty_desk) == usual
    assert without_sign_ins(empty_desk.rows()) == without_sign_ins(before)
    assert "Left out, because Lodge's schema does not have it: FUNCTION public leak(bigint)" in said.getvalue()


def test_the_same_desk_leaves_nothing_out(desk: SmallDesk, empty_desk: SmallDesk, tmp_path: Path) -> None:
    said = io.StringIO()
    restore(empty_desk.settings, desk.back_up(tmp_path / "usual"), never_asked, Console(file=said))
    assert "Left out" not in said.getvalue()
    assert objects(empty_desk) == objects(desk)


TARGETS = targets_of(["TABLE DATA public ticket", "TABLE DATA public person", "SEQUENCE SET public ticket_id_seq"])
TICKET, PERSON, NUMBERS = (heading + b"\n--\n\n" for heading in TARGETS)


@pytest.mark.parametrize(
    "text",
    [
        b"DROP TABLE ticket;\n",
        b"DROP TABLE ticket;",
        b"COPY public.ticket (id) FROM stdin; DROP TABLE ticket;\n\\.\n",
        b"COPY public.ticket (id) FROM PROGRAM 'id';\n\\.\n",
        b"COPY (SELECT 1) TO PROGRAM 'id';\n",
        b"COPY public.ticket (id) FROM stdin;\n1\n\\.\nDROP TABLE ticket;\n",
        b"COPY public.ticket (id) FROM stdin;\n\\.\nINSERT INTO ticket DEFAULT VALUES;\n",
        b"SET role = 'postgres';\n",
        b"SET session_replication_role = replica;\n",
        b"SELECT pg_catalog.set_config('search_path', 'evil', false);\n",
        b"SELECT pg_catalog.setval('public.x', 1, true); DROP TABLE ticket;\n",
        b"SELECT pg_catalog.setval('public.x' || (SELECT steal())::text, 1, true);\n",
        b"\\! id\n",
        b"/* --\n*/ DROP TABLE ticket;\n",
        b"-" * 3_000_000,
    ],
)
def test_a_statement_among_the_rows_is_refused(text: bytes) -> None:
    for size in (1, 7, 1_000_000):
        if size > 1_000 or len(text) < 1_000:
            with pytest.raises(BackupRefused, match="statements that no backup of Lodge has"):
                _check_statements(InPieces(TICKET + text, size), TARGETS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        b"COPY public.ticket (id) FROM stdin;\n\\.\n",
        PERSON + b"COPY public.ticket (id) FROM stdin;\n\\.\n",
        TICKET + b"COPY pg_catalog.pg_authid (rolname, rolsuper) FROM stdin;\nme\tt\n\\.\n",
        TICKET + b'COPY "pg_catalog".pg_authid (rolname, rolsuper) FROM stdin;\nme\tt\n\\.\n',
        TICKET + b"COPY public.ticket (id) FROM stdin;\n1\n\\.\nCOPY pg_catalog.pg_authid  FROM stdin;\n\\.\n",
        b"-- Data for Name: pg_authid; Type: TABLE DATA; Schema: pg_catalog; Owner: -\n"
        b"COPY pg_catalog.pg_authid (rolname, rolsuper) FROM stdin;\nme\tt\n\\.\n",
        NUMBERS + b"SELECT pg_catalog.setval('public.person_id_seq', 7, true);\n",
        b"SELECT pg_catalog.setval('public.ticket_id_seq', 7, true);\n",
    ],
)
def test_rows_for_another_table_than_that_of_their_heading_are_refused(text: bytes) -> None:
    with pytest.raises(BackupRefused, match="statements that no backup of Lodge has"):
        _check_statements(InPieces(text, 1_000), TARGETS)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 1_000_000])
def test_rows_are_no_statements_whatever_they_say(size: int) -> None:
    rows = b"1\tDROP TABLE ticket;\n2\t\\\\.\n3\tCOPY\n"
    text = b"--\n-- Name\n--\n\nSET lock_timeout = 0;\nSET client_encoding = 'UTF8';\n\\restrict aB1\n"
    text += b"SELECT pg_catalog.set_config('search_path', '', false);\n"
    text += TICKET + b'COPY public."ticket" (id, "of") FROM stdin;\n' + rows + b"\\.\n\n\n"
    text += PERSON + b"COPY public.person (id) FROM stdin;\n\\.\n" + TICKET + b"COPY public.ticket  FROM stdin;\n\\.\n"
    text += NUMBERS + b"SELECT pg_catalog.setval('public.ticket_id_seq', 7, true);\n\\unrestrict aB1\n"
    parts: list[Any] = []
    for part in read_parts(InPieces(text, size), TARGETS):  # type: ignore[arg-type]
        if isinstance(part, bytes) and isinstance(parts[-1], bytes):
            parts[-1] += part
        else:
            parts.append(part)
    assert parts == [
        Encoding("UTF8"),
        Columns(["id", "of"]),
        rows,
        Columns(["id"]),
        Columns([]),
        Number(7, is_called=True),
    ]


def test_rows_without_an_end_are_refused() -> None:
    with pytest.raises(BackupRefused):
        _check_statements(InPieces(TICKET + b"COPY public.ticket (id) FROM stdin;\n1\n", 7), TARGETS)  # type: ignore[arg-type]


class InPieces:
    """A file that gives so many bytes at once."""

    def __init__(self, content: bytes, size: int) -> None:
        self._file = io.BytesIO(content)
        self._size = size

    def read(self, size: int) -> bytes:
        return self._file.read(min(size, self._size))


def test_a_statement_inside_the_dump_itself_is_refused(desk: SmallDesk, saved: Path, tmp_path: Path) -> None:
    """In the place of the one that loads a table's rows, where no list of names shows it."""
    dump = contents(saved)["database.dump"]
    begin = dump.index(b"COPY public.building (")
    end = dump.index(b";", begin)
    statement = b"DROP DATABASE lodge"
    forged = dump[:begin] + statement.ljust(end - begin) + dump[end:]
    before = desk.state()
    with pytest.raises(BackupRefused, match="statements that no backup of Lodge has"):
        restore(desk.settings, rewrite(saved, tmp_path / "forged", {"database.dump": forged}), agree, QUIET)
    assert desk.state() == before


def test_rows_for_a_table_of_the_server_are_refused(desk: SmallDesk, saved: Path, tmp_path: Path) -> None:
    """Under the label of a table of Lodge's. With the rights of a superuser they would add another one."""
    dump = contents(saved)["database.dump"]
    begin = dump.index(b"COPY public.ticket (")
    end = dump.index(b") FROM stdin;", begin)
    statement = b"COPY pg_catalog.pg_authid (rolname, rolsuper, "
    forged = dump[:begin] + statement.ljust(end - begin, b"x") + dump[end:]
    before = desk.state()
    with pytest.raises(BackupRefused, match="statements that no backup of Lodge has"):
        restore(desk.settings, rewrite(saved, tmp_path / "forged", {"database.dump": forged}), agree, QUIET)
    assert desk.state() == before


def test_a_statement_behind_the_one_that_loads_rows_is_not_carried_out(
    desk: SmallDesk, saved: Path, tmp_path: Path
) -> None:
    """As text it is the first of the rows; sent to a database in one go with the other, it is a statement."""
    dump = contents(saved)["database.dump"]
    begin = dump.index(b"COPY public.ticket (")
    end = dump.index(b";\n", begin)
    statement = b"COPY public.ticket FROM stdin;\nCREATE VIEW public.owned AS SELECT 1"
    forged = dump[:begin] + statement.ljust(end - begin) + dump[end:]
    before = desk.state()
    with pytest.raises(LodgeError, match="could not be loaded: TABLE DATA public ticket"):
        restore(desk.settings, rewrite(saved, tmp_path / "forged", {"database.dump": forged}), agree, QUIET)
    assert desk.state() == before


def test_rows_of_another_schema_than_the_manifest_says_are_refused(
    desk: SmallDesk, saved: Path, tmp_path: Path
) -> None:
    desk.run("UPDATE alembic_version SET version_num = 'nowhere'")
    with pytest.raises(LodgeError, match="newer Lodge"):
        desk.back_up(tmp_path / "odd")
    desk.run("UPDATE alembic_version SET version_num = '0005'")
    odd = desk.back_up(tmp_path / "odd")
    newest = json.loads(contents(saved)["manifest.json"])["schema_revision"]
    before = desk.rows()
    with pytest.raises(LodgeError, match="another schema than its manifest says"):
        restore(desk.settings, rewrite(odd, tmp_path / "forged", schema_revision=newest), agree, QUIET)
    assert (desk.rows(), desk.databases()) == (before, set())


# -- the file ------------------------------------------------------------------------------------------------------


def with_manifest(text: bytes) -> bytes:
    return sealed(_header("manifest.json", len(text)) + text + _padding(len(text)))


MANIFEST = {"format": 1, "lodge": "0", "schema_revision": "0001", "postgres": 1, "made_at": "2026-01-01T00:00:00Z"}


def manifest(**values: Any) -> bytes:
    return with_manifest(json.dumps(MANIFEST | {"rows": {}, "members": []} | values).encode())


def a_member(**values: Any) -> bytes:
    return manifest(members=[{"name": "database.dump", "size": 1, "sha256": "0" * 64} | values])


ODD = {
    "deep": with_manifest(b"[" * 400_000 + b"]" * 400_000),
    "deep in a field": with_manifest(b'{"format": 1, "rows": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}"),
    "no object": with_manifest(b'"format"'),
    "not unicode": with_manifest(b"\xff\xfe"),
    "many digits": with_manifest(b'{"format": ' + b"9" * 5_000 + b"}"),
    "an unknown number": with_manifest(b'{"format": NaN}'),
    "huge": a_member(size=2**70),
    "as long as is allowed": a_member(size=2**50),
    "negative": a_member(size=-1),
    "absolute": a_member(name="/etc/passwd"),
    "upwards": a_member(name="../../etc/passwd"),
    "a line break": a_member(name="home/secrets/a\nb"),
    "no database": manifest(),
    "rows of text": manifest(rows={"ticket": "many"}),
    "only a header": sealed(_header("manifest.json", 100)),
    "a size that is none": b"manifest.json".ljust(124, b"\0") + b"\xff" * 12 + bytes(BLOCK),
}


@pytest.mark.parametrize("kind", ODD)
def test_an_odd_file_is_refused(no_desk: Settings, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "odd"
    file.write_bytes(ODD[kind])
    with pytest.raises(BackupRefused):
        restore(no_desk, file, never_asked, QUIET)


@pytest.fixture
def no_desk(tmp_path: Path) -> Settings:
    """What is refused is refused before a desk is looked for."""
    return Settings(home=tmp_path / "none", _env_file=None)


def test_a_folder_or_what_is_no_file_is_a_sentence(no_desk: Settings, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for name, told in ((tmp_path, "is a folder"), (Path("/dev/null"), "not a backup"), (tmp_path / "loop", "cannot")):
        with pytest.raises(BackupRefused, match=told):
            restore(no_desk, name, never_asked, QUIET)


def test_a_name_that_is_too_long_is_a_sentence(desk: SmallDesk) -> None:
    with pytest.raises(LodgeError, match="File name too long"):
        desk.back_up(Path("/tmp") / ("x" * 5_000))


def test_a_secret_larger_than_any_is_refused(
    desk: SmallDesk, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lodge.backup.verifying.MAX_BYTES", 100)
    forged = rewrite(saved, tmp_path / "large", {"home/secrets/key": b"x" * 101})
    with pytest.raises(BackupRefused, match="home/secrets/key in this backup is larger"):
        restore(desk.settings, forged, never_asked, QUIET)


def test_the_list_of_a_dump_is_read(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "dump").write_bytes(contents(saved)["database.dump"])
    told = {entry.label for entry in programs.read_entries(tmp_path / "dump")}
    assert {"TABLE public ticket", "TABLE DATA public ticket", "SEQUENCE SET public ticket_id_seq"} <= told
