"""The similar reports' part: does a second report find the first among 10,000, and how long does it take in 100,000?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import cycle, islice
from time import perf_counter

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks.categorising import CATEGORY_IDS, learned, starting_examples
from benchmarks.figures import Figure, share
from benchmarks.labelled import SLUGS, read, unseen
from benchmarks.measure import Limits, Row, Samples
from benchmarks.told import tell
from data_api.kit.database import make_engine
from data_api.learning.knowledge import Knowledge
from data_api.learning.regression import Integers
from data_api.similar.repository import Near, SimilarRepository
from data_api.similar.service import ALIKE, ALIKE_ANYWHERE, LOOKED_AT, SHOWN
from data_api.similar.tables import MAX_AGE, make_tables
from data_api.texts.encoder import Vectors, get_encoder
from data_api.texts.vectors import centred
from lodge.seeding.writer import Place, Writer

AMONG, MANY = 10_000, 100_000
LANGUAGES = ["en", "en", "en", "de", "es", "fr", "it", "pt"]
BUSY = 0.3  # the share of the MANY tickets in one building; the other buildings share the rest
QUERIES = 400
NOISE = 0.02  # added to each number of a copied vector: texts are written and encoded for the first 10,000 only

TICKETS = """
INSERT INTO ticket (title, description, status, stage_id, category_id, priority, building_id, requester_id, waits_for,
                    opened_at, modified_at)
SELECT 'Ticket', 'Ticket', 'open', (SELECT min(id) FROM stage), category, 1, building,
       (SELECT min(id) FROM person), 'desk', now() - random() * interval '6 days', now()
FROM unnest(CAST(:categories AS bigint[]), CAST(:buildings AS bigint[])) WITH ORDINALITY AS new (category, building, n)
ORDER BY n RETURNING id
"""
VECTORS = """
INSERT INTO ticket_vector (ticket_id, building_id, opened_at, vector)
SELECT id, building_id, opened_at, CAST(:vector AS halfvec) FROM ticket WHERE id = :id
"""


@dataclass(frozen=True)
class Pairs:
    """Pairs of reports about the same problem. `kept` and `asked` are the predicted categories of the first and of the
    second reports; `buildings` are numbered from 1."""

    first: Vectors
    second: Vectors
    kept: list[int]
    asked: list[int]
    buildings: list[int]

    def __len__(self) -> int:
        return len(self.kept)


@cache
def _knowledge() -> Knowledge:
    return learned(starting_examples())


def _categories(texts: Sequence[str], vectors: Vectors) -> list[int]:
    return [one.category_id for one in _knowledge().predict_all(texts, vectors)]


def _pairs() -> Pairs:
    rows = read("same_problem_pairs")
    texts = [[row[which] for row in rows] for which in ("first", "second")]
    first, second = (get_encoder().encode(some) for some in texts)
    names = sorted({row["building"] for row in rows})
    return Pairs(
        centred(first),
        centred(second),
        _categories(texts[0], first),
        _categories(texts[1], second),
        [names.index(row["building"]) + 1 for row in rows],
    )


def _others(count: int) -> tuple[Vectors, list[int]]:
    """Returns vectors and categories of reports about other problems, both labelled texts and seeded ones."""
    written, writer = list(unseen().texts), Writer(seed=4)
    places = cycle([Place("", ""), Place("Main Library", ""), Place("Main Library", "2.14")])
    kinds = zip(cycle(LANGUAGES), cycle(range(len(SLUGS))), places, strict=False)
    written += [writer.report(*kind).description for kind in islice(kinds, count - len(written))]
    tell(f"encoding {len(written):,} reports")
    vectors = get_encoder().encode(written)
    return centred(vectors), _categories(written, vectors)


def measure_similar(empty_database: str) -> tuple[list[Figure], list[Row]]:
    """Measures in an empty database, and leaves its tickets there."""
    engine = make_engine(empty_database)
    make_tables(engine)
    pairs, (others, categories) = _pairs(), _others(AMONG - 200)
    with Session(engine) as session:
        _make_places(session)
        spread = np.random.default_rng(4).integers(1, 11, len(others)).tolist()
        ids = _fill(session, pairs.first, pairs.kept, pairs.buildings)
        _fill(session, others, categories, spread)
        figures = list(_found(session, pairs, ids))
        _multiply(session, others, categories, MANY - AMONG)
        session.commit()
        session.connection(execution_options={"isolation_level": "AUTOCOMMIT"}).execute(text("VACUUM ANALYZE"))
        rows = list(_times(session, pairs))
    engine.dispose()
    return figures, rows


def _make_places(session: Session) -> None:
    session.execute(text("INSERT INTO person (name, roles) VALUES ('Reporter', '{student}')"))
    session.execute(text("INSERT INTO building (slug, name) SELECT 'b' || n, 'B' || n FROM generate_series(1, 10) n"))
    known = session.execute(text("SELECT id FROM category ORDER BY id")).scalars().all()
    buildings = session.execute(text("SELECT id FROM building ORDER BY id")).scalars().all()
    assert list(known) == CATEGORY_IDS
    assert list(buildings) == list(range(1, 11))


def _fill(session: Session, vectors: Vectors, categories: list[int], buildings: list[int]) -> list[int]:
    """Adds tickets with these vectors, and returns their ids in order."""
    added = session.execute(text(TICKETS), {"categories": categories, "buildings": buildings})
    ids = sorted(added.scalars())
    rows = [
        {"id": id_, "vector": f"[{','.join(map(str, vector.tolist()))}]"}
        for id_, vector in zip(ids, vectors, strict=True)
    ]
    session.execute(text(VECTORS), rows)
    return ids


def _multiply(session: Session, vectors: Vectors, categories: list[int], count: int) -> None:
    """Adds more tickets that resemble the existing ones, three in ten of them in the first building."""
    tell(f"adding {count:,} vectors")
    chance = np.random.default_rng(5)
    for begin in range(0, count, AMONG):
        some = np.arange(begin, min(count, begin + AMONG)) % len(vectors)
        moved = vectors[some] + chance.normal(0, NOISE, (len(some), vectors.shape[1])).astype(np.float32)
        where = np.where(chance.random(len(some)) < BUSY, 1, chance.integers(2, 11, len(some))).tolist()
        kinds = [categories[place] for place in some]
        _fill(session, moved / np.linalg.norm(moved, axis=1, keepdims=True), kinds, where)


def _found(session: Session, pairs: Pairs, ids: list[int]) -> Iterator[Figure]:
    for where, least, alike in (("without a building", 0.70, ALIKE_ANYWHERE), ("with the building", 0.85, ALIKE)):
        near = [
            _near(session, pairs, place, pairs.buildings[place] if where == "with the building" else None)
            for place in range(len(pairs))
        ]
        ranked = [[one.ticket_id for one in some[:SHOWN]] for some in near]
        shown = [[one.ticket_id for one in some[:SHOWN] if one.similarity >= alike] for some in near]
        yield share(f"similar, {where}: the right one of the first {SHOWN}", _hits(ranked, ids), least)
        yield share(f"similar, {where}: the right one shown, above {alike}", _hits(shown, ids))
        others = np.array([id_ != mine for some, mine in zip(shown, ids, strict=True) for id_ in some], dtype=np.int64)
        yield share(f"similar, {where}: of those shown, of another problem", others)
    same = np.array(pairs.kept) == np.array(pairs.asked)
    yield share("similar: both reports of a problem in one category", same.astype(np.int64))


def _hits(found: list[list[int]], ids: list[int]) -> Integers:
    return np.array([id_ in some for some, id_ in zip(found, ids, strict=True)], dtype=np.int64)


def _near(session: Session, pairs: Pairs, place: int, building: int | None) -> list[Near]:
    """Searches in the way the report page does while a report is being written."""
    since = datetime.now(UTC) - MAX_AGE
    alike = ALIKE_ANYWHERE if building is None else ALIKE
    return SimilarRepository(session).nearest(pairs.second[place], building, since, alike, LOOKED_AT)


def _times(session: Session, pairs: Pairs) -> Iterator[Row]:
    for name, building in (("with a building", 2), ("with the largest building", 1), ("without a building", None)):
        samples = Samples()
        samples.add(
            [_seconds(session, pairs, number % len(pairs), building) for number in range(QUERIES)][QUERIES // 10 :]
        )
        yield Row(f"similar among {MANY:,}, {name}", Limits({99: 30}), large=samples)


def _seconds(session: Session, pairs: Pairs, place: int, building: int | None) -> float:
    begin = perf_counter()
    _near(session, pairs, place, building)
    return perf_counter() - begin
