"""The address by which a visitor is counted, and how the pages send it to the data API.

Visitors reach the data API through the pages' server, so all of them come from its address. The pages send the
visitor's own address in a header that they sign with the desk key, so nobody else can make the data API accept one.
"""

import hmac
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address, ip_network
from pathlib import Path

from service_kit.desk_key import read_desk_key

VISITOR_HEADER = "X-Lodge-Visitor"
IPV6_PREFIX = 64
# The most live connections of one address, and of one person or sign-in. For each, the pages open at most one stream of
# the data API. A lecture hall of 300 people may share an address, and some of them have two browsers open.
MOST_LIVE_OF_AN_ADDRESS = 600
MOST_LIVE_OF_ONE = 50


def counted_address(host: str) -> str:
    """Returns an IPv4 address as it is, and the /64 network of an IPv6 address, because whoever has one address of such
    a network has all of them."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((int(address), IPV6_PREFIX), strict=False))


def visitor_header(host: str, home: Path) -> dict[str, str]:
    """Returns the header that the pages add to a request for the visitor at this address; nothing if there is no desk
    key."""
    key = read_desk_key(home)
    address = counted_address(host)
    return {VISITOR_HEADER: f"{address} {_signature(address, key)}"} if key and address else {}


def visitor_address(headers: Mapping[str, str], connected_from: str, home: Path) -> str:
    """Returns the address that the pages sent, or else the connection's. Ignores a header without the right
    signature."""
    address, _, signature = headers.get(VISITOR_HEADER, "").partition(" ")
    key = read_desk_key(home) if signature else None
    if key and hmac.compare_digest(signature.encode(), _signature(address, key).encode()):
        return address
    return counted_address(connected_from)


def _signature(address: str, key: str) -> str:
    return hmac.digest(key.encode(), f"visitor {address}".encode(), "sha256").hex()
