"""`lodge check`: compares the analytics replica with the database."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from pydantic import ValidationError

from contracts.analyses import CheckRead, Difference
from contracts.errors import ErrorEnvelope
from lodge.errors import LodgeError
from lodge.folders import write_whole
from lodge.home import Home
from lodge.ports import reachable_host
from service_kit.desk_key import desk_key_file, read_desk_key
from service_kit.settings import Settings

LONGEST_SECONDS = 3600.0


def make_desk_key(home: Home) -> None:
    """Writes the desk key if there is none yet. The caller holds the home's lock."""
    if read_desk_key(home.path) is None:
        write_whole(desk_key_file(home.path), secrets.token_urlsafe(32))


@contextmanager
def answer_of_analytics(settings: Settings, method: str, path: str) -> Iterator[httpx.Response]:
    """Asks the running analytics API, because only its process can open the replica. The block reads the answer's body,
    and may raise ValidationError when it is not what the analytics API answers. Raises LodgeError."""
    address = f"http://{reachable_host(settings.host)}:{settings.analytics_api_port}"
    key = read_desk_key(Home(settings.home).path)
    stranger = LodgeError(f"What answers at {address} is not the analytics API of this LODGE_HOME.")
    try:
        with httpx.stream(
            method,
            f"{address}{path}",
            headers={"Authorization": f"Bearer {key}"},
            timeout=LONGEST_SECONDS,
            trust_env=False,
        ) as answer:
            if answer.status_code == httpx.codes.UNAUTHORIZED:
                raise stranger
            if answer.is_error:
                raise LodgeError(ErrorEnvelope.model_validate_json(answer.read()).detail)
            yield answer
    except httpx.TransportError as error:
        raise LodgeError(f"The analytics API at {address} does not answer. Start the desk with `lodge up`.") from error
    except ValidationError:
        raise stranger from None


def check(settings: Settings) -> CheckRead:
    """Raises LodgeError."""
    with answer_of_analytics(settings, "POST", "/replica/check") as answer:
        return CheckRead.model_validate_json(answer.read())


def told(difference: Difference) -> str:
    """Returns the difference as lines for a terminal."""
    where = f"{difference.table} {difference.row_id}"
    if difference.replica is None:
        return f"{where} is missing in the replica"
    if difference.postgres is None:
        return f"{where} is in the replica and no longer in Postgres"
    columns = [name for name, value in difference.postgres.items() if difference.replica.get(name) != value]
    lines = [
        f"  {name}: {difference.postgres[name]} in Postgres, {difference.replica[name]} in the replica"
        for name in columns
    ]
    return "\n".join([f"{where} differs", *lines])
