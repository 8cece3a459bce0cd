"""Search finds words of every script, texts are stored in one Unicode form, and a name is one person however it was
typed.

A search uses three functions (docs/adr/0023-words.md). `lodge_words(text)` returns the folded words, both of what is
searched and of what was typed; `lodge_search(text)` returns what is indexed; `lodge_terms(text, letters)` returns what
is searched for.
"""
# ruff: noqa: S608 (no statement holds a value from outside)

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0007"
down_revision = "0006"

# Characters that separate words: everything that Unicode calls a space, punctuation, a symbol or private use, as far as
# NFKD leaves it.
SEPARATING = (
    r"\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7\u02b9-\u02c5\u02d2-\u02eb\u02ed"
    r"\u02ef-\u02ff\u0375\u03f6\u0482\u055a-\u055f\u0589-\u058f\u05be\u05c0\u05c3\u05c6\u05f3-\u060f\u061b-\u061f"
    r"\u066a-\u066d\u06d4\u06de\u06e9\u06fd\u06fe\u0700-\u070d\u07f6-\u07f9\u07fe\u07ff\u0830-\u083e\u085e\u0888"
    r"\u0964\u0965\u0970\u09f2\u09f3\u09fa\u09fb\u09fd\u0a76\u0af0\u0af1\u0b70\u0bf3-\u0bfa\u0c77\u0c7f\u0c84"
    r"\u0d4f\u0d79\u0df4\u0e3f\u0e4f\u0e5a\u0e5b\u0f01-\u0f17\u0f1a-\u0f1f\u0f34\u0f36\u0f38\u0f3a-\u0f3d\u0f85"
    r"\u0fbe-\u0fc5\u0fc7-\u0fda\u104a-\u104f\u109e\u109f\u10fb\u1360-\u1368\u1390-\u1399\u1400\u166d\u166e\u1680"
    r"\u169b\u169c\u16eb-\u16ed\u1735\u1736\u17d4-\u17d6\u17d8-\u17db\u1800-\u180a\u1940-\u1945\u19de-\u19ff\u1a1e"
    r"\u1a1f\u1aa0-\u1aa6\u1aa8-\u1aad\u1b5a-\u1b6a\u1b74-\u1b7e\u1bfc-\u1bff\u1c3b-\u1c3f\u1c7e\u1c7f"
    r"\u1cc0-\u1cc7\u1cd3\u2010-\u20c0\u2104-\u212e\u213a-\u214d\u214f\u218a-\u244a\u2500-\u2775\u2794-\u2bff"
    r"\u2ce5-\u2cea\u2cf9-\u2cfc\u2cfe\u2cff\u2d70\u2e00-\u2e2e\u2e30-\u3004\u3008-\u3020\u3030\u3037\u303d-\u303f"
    r"\u30a0\u30fb\u3190\u3191\u31c0-\u31e3\u327f\u4dc0-\u4dff\ua490-\ua4c6\ua4fe\ua4ff\ua60d-\ua60f\ua673\ua67e"
    r"\ua6f2-\ua716\ua720\ua721\ua789\ua78a\ua828-\ua82b\ua836-\ua839\ua874-\ua877\ua8ce\ua8cf\ua8f8-\ua8fa\ua8fc"
    r"\ua92e\ua92f\ua95f\ua9c1-\ua9cd\ua9de\ua9df\uaa5c-\uaa5f\uaa77-\uaa79\uaade\uaadf\uaaf0\uaaf1\uab5b\uab6a"
    r"\uab6b\uabeb\ue000-\uf8ff\ufbb2-\ufdff\ufe45\ufe46\ufffc\ufffd\U0001d000-\U0001d356\U0001f000-\U0001fbca"
    r"\U000f0000-\U0010ffff"
)
# Characters that a search ignores: accents of Latin, Greek and Cyrillic, vowel points of Hebrew and Arabic, and
# invisible characters. The signs of Devanagari, Thai and similar scripts are letters there and are kept.
SILENT = (
    r"\u00ad\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u061c\u0640"
    r"\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
    r"\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff"
)
# Letters of scripts that put no spaces between words: Thai, Lao, Burmese, Khmer, Javanese, Han, Kana and their like.
UNSPACED = (
    r"\u0e00-\u0e3e\u0e40-\u0e4e\u0e50-\u0eff\u1000-\u1049\u1050-\u109d\u1780-\u17d3\u17d7\u17dc-\u17f9"
    r"\u1950-\u19dd\u1a20-\u1a9f\u1b00-\u1b59\u3005-\u3007\u3021-\u302f\u3031-\u303c\u3041-\u309f\u30a1-\u30fa"
    r"\u30fc-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua980-\ua9c0\ua9e0-\ua9fe\uaa60-\uaa76"
    r"\uaa7a-\uaa7f\uf900-\ufaff\U00020000-\U0003ffff"
)

# Copies of how names, tags and examples were compared when this was written, because a migration must not change later.
UNSEEN_AT_AN_END = "".join(filter(str.isspace, map(chr, range(0x3001)))) + (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f"
    "\u2060\u2061\u2062\u2063\u2064\u2800\u3164\ufeff\uffa0"
)
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)


def name_key(name: str) -> str:
    folded = unicodedata.normalize("NFKC", re.sub(f"[{INVISIBLE}]+", "", name)).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def tag_of(text: str) -> str:
    """Returns the tag as one line, without characters that change the direction of text around it; "" if nothing of it
    is visible."""
    lowered = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())
    flat = re.sub(r"[\x01-\x1f\x7f-\x9f\u2028\u2029]+", " ", re.sub(r"[\u202a-\u202e\u2066-\u2069]+", "", lowered))
    line = unicodedata.normalize("NFC", " ".join(flat.split())).strip(UNSEEN_AT_AN_END)
    return line if re.search(rf"[^\s{INVISIBLE}]", line) else ""


def key_of(text: str) -> bytes:
    return hashlib.sha256(" ".join(text.casefold().split()).encode("utf-8", "surrogatepass")).digest()


# A zero-width space or non-joiner separates words in Arabic and in the unspaced scripts, and means nothing elsewhere.
# `{{schema}}` is the schema in which the migrations work. The functions name it because a restore fills indexes with an
# empty search path.
FUNCTIONS = rf"""
CREATE FUNCTION lodge_words(written text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
SELECT string_to_array(btrim(regexp_replace(
    CASE WHEN octet_length(written) = length(written) THEN lower(written)
    ELSE regexp_replace(
        replace(replace(replace(translate(lower(normalize(
            regexp_replace(
                regexp_replace(
                    left(normalize(written, NFKD), 30000),
                    '(?<=[\u0600-\u08ff{UNSPACED}])[\u200b\u200c]', ' ', 'g'),
                '[{SILENT}]+', '', 'g'),
            NFC)), 'øłđħŧıςىیک', 'oldhtiσييك'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'),
        '([{UNSPACED}]+)', ' \1 ', 'g')
    END, '[{SEPARATING}]+', ' ', 'g')), ' ')
$$;

-- Of a run without spaces it holds every six letters that follow each other: a word is found wherever it stands.
-- Long words are cut: Postgres takes no more than 2,046 bytes of one, and no more than 1 MB of all; a letter may become
-- several. The first way is the quick one, for most texts.
CREATE FUNCTION lodge_search(written text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF octet_length(written) = length(written) AND length(written) < 2000
       OR octet_length(written) < 600 AND written !~ '[{UNSPACED}\u3200-\u33ff\uff66-\uff9f]' THEN
        RETURN array_to_tsvector({{schema}}.lodge_words(written));
    END IF;
    RETURN array_to_tsvector(ARRAY(
        WITH found AS MATERIALIZED (
            SELECT word, place, word ~ '^[{UNSPACED}]' AS is_unspaced
            FROM unnest({{schema}}.lodge_words(written)) WITH ORDINALITY AS each_word (word, place)
        )
        SELECT left(word, 60) FROM found WHERE NOT is_unspaced
        UNION ALL
        SELECT string_agg(letter, '') OVER (
            PARTITION BY place ORDER BY nth ROWS BETWEEN CURRENT ROW AND 5 FOLLOWING
        )
        FROM found CROSS JOIN string_to_table(word, NULL) WITH ORDINALITY AS each_letter (letter, nth)
        WHERE is_unspaced
    ));
END $$;

-- A tsquery for each word, as the beginning of one where it has so many letters. No word holds a quote.
CREATE FUNCTION lodge_terms(typed text, shortest integer) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
SELECT ARRAY(
    SELECT CASE
        WHEN word !~ '^[{UNSPACED}]'
            THEN '''' || left(word, 60) || '''' || CASE WHEN length(word) >= shortest THEN ':*' ELSE '' END
        WHEN length(word) <= 6 THEN '''' || word || ''':*'
        ELSE (
            SELECT string_agg('''' || substr(word, least(first, length(word) - 5), 6) || '''', ' & ')
            FROM generate_series(1, length(word), 6) AS first
        )
    END
    FROM unnest({{schema}}.lodge_words(typed)) WITH ORDINALITY AS each_word (word, place) ORDER BY place
)
$$;
"""
SEARCHED = "lodge_search(title || ' ' || description)"
SEARCHED_BEFORE = (
    "to_tsvector('simple', replace(replace(replace(replace(replace(replace(title || ' ' || description, "
    "'/', ' '), '.', ' '), '@', ' '), '<', ' '), '-', ' '), '+', ' '))"
)

# The columns that hold what people wrote, and their maximum lengths: some letters become two when they are normalised.
TEXTS: dict[str, dict[str, int | None]] = {
    "person": {"name": 100},
    "building": {"name": 100},
    "category": {"name": 100, "description": 500},
    "stage": {"name": 100},
    "ticket": {"title": 200, "description": None, "room": 60},
    "message": {"body": None},
    "ticket_event": {"from_value": None, "to_value": None},
}
ROWS_AT_ONCE = 10_000


def upgrade() -> None:
    make_functions(op.get_bind())
    # Dropped before the texts change, so that each text is indexed once, for the new column, and never for the old one.
    op.drop_column("ticket", "search")
    op.drop_index("ix_person_search", "person")
    _name_people()
    for table, columns in TEXTS.items():
        _compose(table, columns)
    _compose_source_ids()
    _clean_tags()
    _compose_examples()
    _add_search(SEARCHED, "lodge_search(name)")


def make_functions(connection: sa.Connection) -> None:
    """Creates the functions. They are not passed through SQLAlchemy's `text`, which would take `:*` for a parameter."""
    schema = connection.scalar(sa.text("SELECT quote_ident(current_schema())"))
    connection.exec_driver_sql(FUNCTIONS.format(schema=schema))


def _add_search(searched: str, searched_name: str) -> None:
    op.add_column("ticket", sa.Column("search", pg.TSVECTOR(), sa.Computed(searched, persisted=True), nullable=False))
    op.create_index(
        "ix_ticket_search", "ticket", ["search"], postgresql_using="gin", postgresql_with={"fastupdate": "off"}
    )
    op.create_index("ix_person_search", "person", [sa.literal_column(searched_name)], postgresql_using="gin")


def _rows(statement: str) -> Sequence[sa.Row[Any]]:
    return op.get_bind().execute(sa.text(statement)).all()


def _each(statement: str, rows: list[dict[str, object]]) -> None:
    if rows:
        op.get_bind().execute(sa.text(statement), rows)


def _name_people() -> None:
    """Changes the keys by which people are found again to the new form of names. If two people get the same key, the
    one who already has it keeps it, or else the first one gets it. The other one keeps their rows and an old key, with
    which nobody enters. Such people are listed under /people/twins."""
    people = _rows("SELECT id, name, roles[1] AS role, entry_key FROM person WHERE entry_key IS NOT NULL ORDER BY id")
    taken = {person.entry_key for person in people}
    renamed: list[dict[str, object]] = []
    for person in people:
        key = _entry_key(person)
        if key not in taken:
            taken.add(key)
            renamed.append({"id": person.id, "key": key})
    _each("UPDATE person SET entry_key = :key WHERE id = :id", renamed)


def _entry_key(person: sa.Row[Any]) -> str:
    """Returns the new key of a person whose key is `student:mia rossi` or `import:<source>:student:Mia Rossi`; any
    other key stays as it is."""
    key: str = person.entry_key
    name = f":{person.name}"
    if key.startswith("import:") and key.endswith(f":{person.role}{name}"):
        return f"{key.removesuffix(name)}:{name_key(person.name)}"
    role, colon, rest = key.partition(":")
    return f"{role}:{name_key(rest)}" if colon and role == person.role else key


def _compose(table: str, columns: dict[str, int | None]) -> None:
    """Normalises the columns to NFC. Only rows that differ are written; their versions and times stay, because nothing
    happened to them."""
    differs = " OR ".join(f"{column} IS NOT NFC NORMALIZED" for column in columns)
    composed = ", ".join(
        f"{column} = " + (f"left(normalize({column}, NFC), {longest})" if longest else f"normalize({column}, NFC)")
        for column, longest in columns.items()
    )
    for ids in _batches(f"SELECT id FROM {table} WHERE {differs} ORDER BY id"):
        op.get_bind().execute(sa.text(f"UPDATE {table} SET {composed} WHERE id = ANY (:ids)"), {"ids": ids})


def _batches(statement: str) -> Iterator[list[int]]:
    ids = [number for (number,) in _rows(statement)]
    for start in range(0, len(ids), ROWS_AT_ONCE):
        yield ids[start : start + ROWS_AT_ONCE]


def _compose_source_ids() -> None:
    """Normalises the ids by which an import finds its records again, because files are read in NFC from now on. An id
    that would become equal to another one stays as it is."""
    op.execute("""
        UPDATE ticket SET source_id = wanted.source_id
        FROM (
            SELECT min(id) AS id, source, normalize(source_id, NFC) AS source_id FROM ticket
            WHERE source_id IS NOT NFC NORMALIZED AND length(normalize(source_id, NFC)) <= 200 GROUP BY 2, 3
        ) AS wanted
        WHERE ticket.id = wanted.id AND NOT EXISTS (
            SELECT FROM ticket AS other WHERE other.source = wanted.source AND other.source_id = wanted.source_id
        )
    """)


def _clean_tags() -> None:
    """Changes all tags to the form of `tag_of`. Tags that become equal are merged; tags that become empty are
    deleted."""
    for (old,) in _rows("SELECT DISTINCT tag FROM ticket_tag"):
        if (new := tag_of(old)[:40]) == old:
            continue
        values = {"old": old, "new": new}
        twice = "SELECT ticket_id FROM ticket_tag WHERE tag = :new" if new else "SELECT ticket_id FROM ticket_tag"
        for statement in (
            f"DELETE FROM ticket_tag WHERE tag = :old AND ticket_id IN ({twice})",
            "UPDATE ticket_tag SET tag = :new WHERE tag = :old",
        ):
            op.get_bind().execute(sa.text(statement), values)


def _compose_examples() -> None:
    """Normalises the texts of examples. If two texts become equal, the later one counts, as when somebody submits a
    text again. Vectors of changed texts are deleted, and computed again later."""
    differing = _rows("""
        SELECT id, normalize(text, NFC) AS text FROM training_example WHERE text IS NOT NFC NORMALIZED ORDER BY id
    """)
    changed = [{"id": row.id, "text": row.text, "key": key_of(row.text)} for row in differing]
    if changed:
        op.execute("UPDATE learning SET revision = revision + 1, news = news + 1")
    for example in changed:
        for statement in (
            "UPDATE training_example SET is_active = false, revision = (SELECT revision FROM learning) "
            "WHERE text_key = :key AND id < :id AND is_active",
            "UPDATE training_example SET text = :text, text_key = :key, embedding = NULL, encoder_version = NULL, "
            "revision = (SELECT revision FROM learning), is_active = is_active AND NOT EXISTS ("
            "SELECT FROM training_example AS later WHERE later.text_key = :key AND later.id > :id AND later.is_active"
            ") WHERE id = :id",
        ):
            op.get_bind().execute(sa.text(statement), example)


def downgrade() -> None:
    """Restores the former search. Texts stay normalised."""
    op.drop_column("ticket", "search")
    op.drop_index("ix_person_search", "person")
    _add_search(SEARCHED_BEFORE, "to_tsvector('simple', name)")
    op.execute(
        "DROP FUNCTION lodge_terms(text, integer); DROP FUNCTION lodge_search(text); DROP FUNCTION lodge_words(text)"
    )
