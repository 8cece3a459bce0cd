"""Which ports are free on this machine."""

import errno
import ipaddress
import random
import socket
from pathlib import Path

from lodge.errors import LodgeError
from lodge.folders import read_word, write_whole

BACKLOG = 2048  # connections that wait until a process takes them: as many as uvicorn lets wait


def is_free(host: str, port: int) -> bool:
    """Raises LodgeError when the host is none of this machine's addresses, or the port is reserved."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
    except (OSError, UnicodeError) as error:  # UnicodeError: a name that cannot be one
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            return False
        raise _cannot_listen(host, port, error) from error
    return True


def listen(host: str, port: int) -> list[socket.socket]:
    """On each address that the host stands for. Raises LodgeError where that cannot be."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        addresses = {address: family for family, _, _, _, address in found}
        return [socket.create_server(address, family=family, backlog=BACKLOG) for address, family in addresses.items()]
    except (OSError, UnicodeError) as error:
        raise _cannot_listen(host, port, error) from error


def _cannot_listen(host: str, port: int, error: OSError | UnicodeError) -> LodgeError:
    reason = error.strerror if isinstance(error, OSError) else "it is no name of a machine"
    return LodgeError(f"Lodge cannot listen on {host}, port {port}: {reason}. See LODGE_HOST.")


def choose_port(remembered: Path) -> int:
    """A port on 127.0.0.1: that of last time, or another one if that is taken by now."""
    try:
        port = int(read_word(remembered))
    except (OSError, ValueError):
        port = 0
    while not (1024 < port < 65536 and is_free("127.0.0.1", port)):
        # Below the range that systems give to outgoing connections, one of which could sit on the port at a restart.
        port = random.randint(20_000, 30_000)  # noqa: S311
    write_whole(remembered, str(port))
    return port


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def reachable_host(host: str) -> str:
    """How this machine itself reaches what listens on the host, as it stands in a URL."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified:
        address = ipaddress.ip_address("127.0.0.1" if address.version == 4 else "::1")
    return f"[{address}]" if address.version == 6 else str(address)
