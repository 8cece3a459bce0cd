"""Finds free ports on this machine and opens them."""

import errno
import ipaddress
import random
import socket
from pathlib import Path

from lodge.errors import LodgeError
from lodge.folders import read_word, write_whole

BACKLOG = 2048  # connections that may wait to be accepted, as many as uvicorn allows


def is_free(host: str, port: int) -> bool:
    """Returns whether nothing listens on the port.

    Raises LodgeError when the host is not an address of this machine, or when the port is reserved.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
    except (OSError, UnicodeError) as error:  # UnicodeError: not a valid host name
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            return False
        raise _cannot_listen(host, port, error) from error
    return True


def listen(host: str, port: int) -> list[socket.socket]:
    """Returns listening sockets, one for each address that the host resolves to. Raises LodgeError."""
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
    """Returns a free port on 127.0.0.1 and writes it to `remembered`: last time's port, or another if it is in use."""
    try:
        port = int(read_word(remembered))
    except (OSError, ValueError):
        port = 0
    while not (1024 < port < 65536 and is_free("127.0.0.1", port)):
        # Below the ephemeral range: an outgoing connection must not occupy the port when the server restarts.
        port = random.randint(20_000, 30_000)  # noqa: S311
    write_whole(remembered, str(port))
    return port


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def reachable_host(host: str) -> str:
    """Returns the host for a URL with which this machine reaches a service that listens on `host`."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified:
        address = ipaddress.ip_address("127.0.0.1" if address.version == 4 else "::1")
    return f"[{address}]" if address.version == 6 else str(address)
