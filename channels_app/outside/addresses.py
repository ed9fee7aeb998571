"""Which addresses may be called: public ones, and what the operator allowed by name."""

import socket
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from channels_app.outside.errors import NotAllowed, Unreachable
from channels_app.phrases import filled
from channels_app.phrases import marked as _

MOST_TRIED = 4
"""How many of a host's addresses are tried one after the other."""

NEVER_PUBLIC = tuple(
    ip_network(block)
    for block in (
        *("192.0.0.0/24", "192.88.99.0/24", "100.64.0.0/10", "240.0.0.0/4"),
        *("2001::/23", "2002::/16", "3fff::/20", "5f00::/16", "64:ff9b:1::/48"),
    )
)
"""Special blocks that `is_global` passes in some versions of Python, and tunnels to addresses that cannot be seen."""
NAT64 = ip_network("64:ff9b::/96")

NAMES_OF_PRIVATE_HOSTS = ("localhost", "local", "internal", "localdomain", "home.arpa", "onion")


def split(url: str) -> SplitResult:
    """The parts of a web address. Raises `NotAllowed` where it is none that can be called."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotAllowed(_("This is no web address.")) from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NotAllowed(_("A web address begins with https:// or http:// and names a host."))
    if parts.username is not None or parts.password is not None:
        raise NotAllowed(_("A web address with a user name or a password in it is not called."))
    if port == 0 or any(character.isspace() or not character.isprintable() for character in url):
        raise NotAllowed(_("This is no web address."))
    return parts


def is_public(address: str) -> bool:
    """Whether an IP address is somebody's on the internet, and not of a private, local or special network."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif ip in NAT64:
            ip = IPv4Address(int(ip) & 0xFFFFFFFF)
    if ip.is_multicast or any(ip.version == block.version and ip in block for block in NEVER_PUBLIC):
        return False
    return ip.is_global


@lru_cache(maxsize=16)
def _allowed(private_hosts: tuple[str, ...]) -> frozenset[tuple[str, int | None]]:
    found = set()
    for entry in private_hosts:
        is_bare = entry.count(":") > 1 and not entry.startswith("[")
        parts = urlsplit(f"//[{entry}]" if is_bare else f"//{entry}")
        found.add(((parts.hostname or "").rstrip("."), parts.port))
    return frozenset(found)


def is_allowed(host: str, port: int, private_hosts: Iterable[str]) -> bool:
    """Whether the operator allowed this host by name: `host` on any port, or `host:port`."""
    allowed, name = _allowed(tuple(private_hosts)), host.lower().strip("[]").rstrip(".")
    return (name, None) in allowed or (name, port) in allowed


def complaint(url: str, private_hosts: Iterable[str]) -> str:
    """What is wrong with an address that a team enters, as far as it can be told without asking anybody; or nothing."""
    try:
        parts = split(url)
    except NotAllowed as exc:
        return exc.args[0] if exc.args else ""
    host = (parts.hostname or "").rstrip(".")
    if is_allowed(host, parts.port or (443 if parts.scheme == "https" else 80), private_hosts):
        return ""
    return _refusal(host) if _is_private_by_name(host) else ""


def resolve(host: str, port: int, private_hosts: Iterable[str]) -> list[str]:
    """The addresses of `host` that may be called, in the order to try them.

    Raises `NotAllowed` where it has a private one, and `Unreachable` where it has none at all.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable(f"The name {host[:80]} is not known.") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not is_allowed(host, port, private_hosts) and not all(is_public(address) for address in addresses):
        raise NotAllowed(_refusal(host))
    return addresses[:MOST_TRIED]


def _is_private_by_name(host: str) -> bool:
    try:
        return not is_public(host)
    except ValueError:
        pass
    if host.replace(".", "").isdecimal() or host.lower().startswith("0x"):
        return True  # 127.1, 2130706433 and 0x7f000001 are addresses to the resolver
    return host.lower().rpartition(".")[2] in NAMES_OF_PRIVATE_HOSTS or host.lower().endswith(".home.arpa")


def _refusal(host: str) -> str:
    said = _(
        "%(host)s is on a private network, which is not called from here. Use a public address, or ask who runs this "
        "server to add the host to OUTBOUND_PRIVATE_HOSTS."
    )
    return filled(said, host=host[:80])
