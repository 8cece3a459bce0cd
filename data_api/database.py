"""The engine, and the one transaction a request has."""

from collections.abc import Iterator
from functools import cache
from typing import Annotated

from fastapi import Depends
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.orm import Session

from service_kit.settings import get_settings


def driver_url(database_url: str) -> str:
    """The URL with psycopg 3 as its driver, whatever the short form said."""
    return make_url(database_url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def libpq_url(database_url: str) -> str:
    """The URL as psycopg itself takes it."""
    return make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)


def make_engine(database_url: str) -> Engine:
    return create_engine(
        driver_url(database_url),
        pool_size=20,
        max_overflow=20,
        pool_timeout=10,
        hide_parameters=True,  # a failing statement's values are people's words: not for a log
        # Every plan is made for its values: the queue's filters differ a thousandfold in how much they match.
        connect_args={"options": "-c plan_cache_mode=force_custom_plan -c timezone=UTC", "connect_timeout": 5},
    )


@cache
def get_engine() -> Engine:
    """Made on first use, so that importing the application needs no database."""
    return make_engine(get_database_url())


def get_database_url() -> str:
    url = get_settings().database_url
    if url is None:
        raise RuntimeError("LODGE_DATABASE_URL is not set; `lodge up` sets it for the services it starts")
    return url


def _open_session() -> Iterator[Session]:
    with Session(get_engine(), expire_on_commit=False) as session:
        yield session
        session.commit()


# Function scope: the commit happens before the answer is sent, so that a 2xx means committed.
SessionDep = Annotated[Session, Depends(_open_session, scope="function")]
