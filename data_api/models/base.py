"""The base of all tables, and the column types they share."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from sqlalchemy import BigInteger, DateTime, Identity, MetaData, func
from sqlalchemy.orm import DeclarativeBase, mapped_column

# Named constraints, so that a migration can name what it drops.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


@dataclass(frozen=True)
class InFeed:
    """Each changed row of the table writes a line to the change feed. An update's line holds the values of these
    columns; of all other columns it says only that they changed. Secrets and what people wrote must not be among these
    columns. The live events read a few of them; the others are there for whoever has to find out later what was
    changed. A new column is added here and in the migration that creates it (`migrations/feed.py`); a test compares the
    two."""

    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotInFeed:
    """The table's changes are not in the change feed, for this reason."""

    reason: str


class Base(DeclarativeBase):
    """The base of all tables. `change_feed` says what of a row's changes is in the change feed."""

    metadata = MetaData(naming_convention=NAMING)
    change_feed: ClassVar[InFeed | NotInFeed]


Key = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
CreatedAt = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
