"""Measures how well a category is predicted that an administrator adds with twenty phrases, and what others lose."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from sqlalchemy.orm import Session

from benchmarks.figures import Figure, share
from benchmarks.labelled import SLUGS, Labelled, fresh, read, unseen
from contracts.categorising import ExampleSource
from contracts.people import Role
from data_api.access.actor import Actor
from data_api.access.permissions import EVERYTHING
from data_api.access.reading import Reads
from data_api.kit.database import make_engine
from data_api.learning.categoriser import Categoriser
from data_api.learning.learning import Learning
from data_api.learning.regression import Integers
from data_api.learning.repository import CategorisingRepository, NewExample
from data_api.learning.steps import learn_all
from data_api.models import Category, Person
from data_api.texts.encoder import get_encoder
from data_api.texts.texts import key_of

MOST_LOST = 0.03


@dataclass(frozen=True)
class Found:
    """Hits (1) and misses (0). `recall` is for the new category's unseen texts; `before` and `after` are for the texts
    of the old categories, before and after the new one was added."""

    recall: Integers
    before: Integers
    after: Integers


def measure_new_categories(empty_database: str) -> list[Figure]:
    """Measures each new category in a transaction that is rolled back, so that the database stays as it was."""
    slugs = sorted({row["category"] for row in read("new_categories")})
    young = {slug: _added(empty_database, slug, is_used=False) for slug in slugs}
    used = {slug: _added(empty_database, slug, is_used=True) for slug in slugs}
    return [*_figures("new category", young, 0.75), *_figures("new category on a used desk", used, None)]


def _figures(what: str, found: dict[str, Found], least: float | None) -> Iterator[Figure]:
    for slug, one in found.items():
        yield share(f"{what}, {slug}: recall", one.recall)
        lowest = None if least is None else float(one.before.mean()) - MOST_LOST
        yield share(f"{what}, {slug}: accuracy of the old ones before", one.before)
        yield share(f"{what}, {slug}: accuracy of the old ones", one.after, lowest)
    yield share(f"{what}, all {len(found)}: recall", np.concatenate([one.recall for one in found.values()]), least)


def _added(database: str, slug: str, *, is_used: bool) -> Found:
    """Adds a category as an administrator does, learns as the background work does, and measures.

    On a used desk, staff have corrected the unseen tickets before, so only the fresh tickets are measured.
    """
    engine = make_engine(database)
    with closing(engine.connect()) as connection, Session(connection) as session:
        if is_used:
            learn_all(session)
            _correct(session, unseen())
        learn_all(session)
        others = [_staying(texts, slug) for texts in ([fresh()] if is_used else [unseen(), fresh()])]
        before = _which_are_right(session, others)
        rows = [row for row in read("new_categories") if row["category"] == slug]
        category_id = _add_category(session, slug, [row["text"] for row in rows if row["part"] == "phrases"])
        learn_all(session)
        guesses = _predicted(session, [row["text"] for row in rows if row["part"] == "unseen"])
        recall = np.array([guess == category_id for guess in guesses], dtype=np.int64)
        found = Found(recall, before, _which_are_right(session, others))
        session.rollback()
    engine.dispose()
    return found


def _staying(texts: Labelled, slug: str) -> Labelled:
    """Returns the texts except those that would belong to the new category too. Somebody who had seen no predictions
    chose these."""
    moved = {row["text"] for row in read("would_move") if row["category"] == slug}
    return texts.some(np.array([place for place, text in enumerate(texts.texts) if text not in moved]))


def _correct(session: Session, texts: Labelled) -> None:
    ids = _ids(session)
    repository = CategorisingRepository(session)
    said = [
        NewExample(text, key_of(text), ids[kind], ExampleSource.STAFF, vector)
        for text, kind, vector in zip(texts.texts, texts.classes, texts.vectors, strict=True)
    ]
    repository.add_examples(said, repository.raise_revision(changed=len(said)))


def _add_category(session: Session, slug: str, phrases: list[str]) -> int:
    category = Category(slug=slug, name=slug, description="", is_default=False)
    admin = Person(name="Ines Lima", roles=[Role.ADMIN])
    session.add_all([category, admin])
    session.flush()
    now = datetime.now(UTC)
    roles = tuple(admin.roles)
    actor = Actor(admin.id, admin.name, roles, roles, EVERYTHING, Reads.EVERYTHING, 0, now, now)
    Learning(CategorisingRepository(session)).phrases_given(category.id, phrases, actor)
    return category.id


def _ids(session: Session) -> list[int]:
    found = dict(session.query(Category.slug, Category.id).all())
    return [found[slug] for slug in SLUGS]


def _which_are_right(session: Session, texts: list[Labelled]) -> Integers:
    ids = _ids(session)
    return np.concatenate(
        [np.array(_predicted(session, some.texts)) == np.array(ids)[some.classes] for some in texts]
    ).astype(np.int64)


def _predicted(session: Session, texts: Sequence[str]) -> list[int]:
    knowledge = Categoriser().knowledge(session)
    assert knowledge is not None
    return [one.category_id for one in knowledge.predict_all(texts, get_encoder().encode(list(texts)))]
