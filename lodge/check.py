"""`lodge check`: compares the analytics replica with the database."""

import secrets

import httpx
from pydantic import ValidationError

from contracts.analyses import CheckRead, Difference
from contracts.errors import ErrorEnvelope
from lodge.errors import LodgeError
from lodge.folders import write_whole
from lodge.home import Home
from lodge.services import services
from lodge.workers import noted_service
from service_kit.desk_key import desk_key_file, read_desk_key, read_secret
from service_kit.metrics_token import metrics_token_file
from service_kit.settings import Settings

LONGEST_SECONDS = 3600.0


def make_desk_secrets(home: Home) -> None:
    """Writes the desk key, and the token with which a monitor reads the metrics, unless they are there. The caller
    holds the home's lock."""
    for file in (desk_key_file(home.path), metrics_token_file(home.path)):
        if read_secret(file) is None:
            write_whole(file, secrets.token_urlsafe(32))


def check(settings: Settings) -> CheckRead:
    """Asks the running analytics API to compare, because only its process can open the replica. Raises LodgeError."""
    home = Home(settings.home)
    service = next(service for service in services(settings) if service.reads_figures_only)
    running = noted_service(home, service)
    address = running.address if running else service.address
    key = read_desk_key(home.path)
    try:
        answer = httpx.post(
            f"{address}/replica/check",
            headers={"Authorization": f"Bearer {key}"},
            timeout=LONGEST_SECONDS,
            trust_env=False,
        )
    except httpx.TransportError as error:
        raise LodgeError(f"The analytics API at {address} does not answer. Start the desk with `lodge up`.") from error
    stranger = LodgeError(f"What answers at {address} is not the analytics API of this LODGE_HOME.")
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        raise stranger
    try:
        if answer.is_error:
            raise LodgeError(ErrorEnvelope.model_validate_json(answer.content).detail)
        return CheckRead.model_validate_json(answer.content)
    except ValidationError:
        raise stranger from None


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
