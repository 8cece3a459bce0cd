"""`lodge check`: compares the analytics replica with the database."""

import asyncio
import secrets
from collections.abc import Sequence

import httpx
from pydantic import ValidationError

from contracts.analyses import CheckRead, Difference
from contracts.errors import ErrorEnvelope
from lodge.errors import LodgeError
from lodge.folders import write_whole
from lodge.home import Home
from lodge.probe import hangs
from lodge.services import services
from lodge.workers import running_place
from service_kit.desk_key import desk_key_file, read_desk_key, read_secret
from service_kit.metrics_token import metrics_token_file
from service_kit.settings import Settings

LONGEST_SECONDS = 3600.0
WATCH_EVERY_SECONDS = 2.0


def make_desk_secrets(home: Home) -> None:
    """Writes the desk key, and the token with which a monitor reads the metrics, unless they are there. The caller
    holds the home's lock."""
    for file in (desk_key_file(home.path), metrics_token_file(home.path)):
        if read_secret(file) is None:
            write_whole(file, secrets.token_urlsafe(32))


def check(settings: Settings) -> CheckRead:
    """Asks the running analytics API to compare, because only its process can open the replica. Raises LodgeError; also
    when a service of the desk hangs, which is noticed while the comparison goes on too."""
    return asyncio.run(_check(settings))


async def _check(settings: Settings) -> CheckRead:
    home = Home(settings.home)
    places = [(service.name, running_place(home, service)) for service in services(settings)]
    asked = [(name, url) for name, place in places if place for url in place.health_urls]
    hanging = await asyncio.gather(*(hangs(url) for _, url in asked))
    if names := [name for (name, _), is_hanging in zip(asked, hanging, strict=True) if is_hanging]:
        raise _hung(list(dict.fromkeys(names)))
    address = analytics_address(settings)
    comparing = asyncio.create_task(_compare(home, address))
    watching = asyncio.create_task(_until_it_hangs(f"{address}/health"))
    await asyncio.wait({comparing, watching}, return_when=asyncio.FIRST_COMPLETED)
    if not comparing.done():
        comparing.cancel()
        raise _hung(["analytics API"])
    watching.cancel()
    return comparing.result()


def analytics_address(settings: Settings) -> str:
    """Returns the address of the analytics API that this home's `lodge up` runs. Raises LodgeError if it runs none."""
    service = next(one for one in services(settings) if one.reads_figures_only)
    place = running_place(Home(settings.home), service)
    if place is None:
        raise LodgeError(f"The {service.name} of this desk is not running. Start the desk with `lodge up`.")
    return place.address


async def _until_it_hangs(url: str) -> None:
    while not await hangs(url):
        await asyncio.sleep(WATCH_EVERY_SECONDS)


def _hung(names: Sequence[str]) -> LodgeError:
    told = (f"The {name} hangs: it accepts connections and does not answer." for name in names)
    return LodgeError(" ".join([*told, "`lodge up` ends a service that hangs, after a minute, and starts it again."]))


async def _compare(home: Home, address: str) -> CheckRead:
    key = read_desk_key(home.path)
    try:
        async with httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(verify=False), trust_env=False, timeout=LONGEST_SECONDS
        ) as client:
            answer = await client.post(f"{address}/replica/check", headers={"Authorization": f"Bearer {key}"})
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
