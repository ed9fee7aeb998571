"""Which addresses may be called."""

import socket
from typing import Any

import pytest

from channels_app.outside import NotAllowed, Unreachable, addresses

PUBLIC = ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
PRIVATE = [
    *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1"),
    *("255.255.255.255", "192.0.0.8", "198.18.0.1", "240.0.0.1", "::1", "::", "fd00::1", "fe80::1%eth0", "ff02::1"),
    *("::ffff:10.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:a00:1::1", "2001:0:5ef5:79fd::1", "5f00::1"),
]


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_on_the_internet_is_public(address: str) -> None:
    assert addresses.is_public(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_private_special_or_a_way_around_is_not(address: str) -> None:
    assert not addresses.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1/", "https://[::1]:8443/x", "http://127.1", "http://2130706433/", "http://0x7f000001/"),
        *("http://0177.0.0.1", "http://localhost:8000", "http://LOCALHOST./", "http://bot.internal/", "http://a.local"),
        *("http://[::ffff:169.254.169.254]/", "http://010.1.1.1/", "http://db.localdomain"),
    ],
)
def test_a_private_address_is_refused_as_it_is_entered_and_the_way_out_is_named(url: str) -> None:
    assert "OUTBOUND_PRIVATE_HOSTS" in addresses.complaint(url, ())


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "bot",
            "ftp://example.org",
            "//example.org",
            "https://",
            "http://user:pass@example.org",
            "http://h:99999",
        ),
        *("http://exam ple.org", "http://example.org/\n", "file:///etc/passwd", "http://[::1", "http://example.org:0/"),
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    assert addresses.complaint(url, ("example.org",))


@pytest.mark.parametrize(
    "url", ["https://example.org/turns?team=1", "http://bots.example.org:8080", "https://8.8.8.8/"]
)
def test_a_public_address_is_taken(url: str) -> None:
    assert addresses.complaint(url, ()) == ""


@pytest.mark.parametrize(
    ("url", "entry", "fits"),
    [
        ("http://127.0.0.1:9000/", "127.0.0.1", True),
        ("http://127.0.0.1:9000/", "127.0.0.1:9000", True),
        ("http://127.0.0.1:9001/", "127.0.0.1:9000", False),
        ("http://127.0.0.2:9000/", "127.0.0.1", False),
        ("http://[::1]:9000/", "::1", True),
        ("http://[::1]:9000/", "[::1]:9000", True),
        ("http://[::1]:9001/", "[::1]:9000", False),
        ("https://Bot.Internal./", "bot.internal", True),
        ("https://bot.internal/", "bot.internal:443", True),
        ("https://evil.bot.internal/", "bot.internal", False),
    ],
)
def test_the_operator_allows_a_host_or_one_port_of_it(url: str, entry: str, fits: bool) -> None:
    assert (addresses.complaint(url, ("other.internal", entry)) == "") == fits


def names(monkeypatch: pytest.MonkeyPatch, *found: str) -> None:
    """Have every name resolve to these addresses."""

    def getaddrinfo(host: str, port: int, **hints: Any) -> list[Any]:
        if not found:
            raise socket.gaierror(-2, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def test_a_name_is_called_at_its_public_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, "8.8.8.8", "8.8.8.8", "2606:4700::1111")
    assert addresses.resolve("bot.example.org", 443, ()) == ["8.8.8.8", "2606:4700::1111"]


def test_a_name_with_one_private_address_among_public_ones_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, "8.8.8.8", "10.0.0.1")
    with pytest.raises(NotAllowed):
        addresses.resolve("bot.example.org", 443, ())
    assert addresses.resolve("bot.example.org", 443, ("bot.example.org",)) == ["8.8.8.8", "10.0.0.1"]


def test_a_name_that_nobody_knows_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch)
    with pytest.raises(Unreachable, match=r"bot\.example\.org"):
        addresses.resolve("bot.example.org", 443, ())
