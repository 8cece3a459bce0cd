"""The address that limits count by, and who can name one."""

from pathlib import Path

import pytest

from service_kit.desk_key import desk_key_file
from service_kit.visitors import VISITOR_HEADER, counted_address, visitor_address, visitor_header


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("a socket file", "a socket file"),
        ("", ""),
    ],
)
def test_an_ipv6_address_stands_for_its_network(host: str, counted: str) -> None:
    assert counted_address(host) == counted


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return with_key(tmp_path / "home", "the key")


def with_key(home: Path, key: str) -> Path:
    desk_key_file(home).parent.mkdir(parents=True)
    desk_key_file(home).write_text(key)
    return home


@pytest.mark.parametrize("host", ["192.0.2.7", "2001:db8:1:2:3:4:5:6"])
def test_the_pages_are_believed(home: Path, host: str) -> None:
    assert visitor_address(visitor_header(host, home), "127.0.0.1", home) == counted_address(host)


def test_nobody_else_is(home: Path, tmp_path: Path) -> None:
    signed = visitor_header("192.0.2.7", home)
    another = {VISITOR_HEADER: signed[VISITOR_HEADER].replace("192.0.2.7", "192.0.2.8")}
    elsewhere = with_key(tmp_path / "elsewhere", "another key")
    for headers in (another, visitor_header("192.0.2.8", elsewhere), {VISITOR_HEADER: "192.0.2.8"}, {}):
        assert visitor_address(headers, "2001:db8::1", home) == "2001:db8::/64"


def test_without_a_key_nobody_is(tmp_path: Path, home: Path) -> None:
    assert visitor_header("192.0.2.7", tmp_path) == {}
    assert visitor_address(visitor_header("192.0.2.7", home), "127.0.0.1", tmp_path) == "127.0.0.1"
