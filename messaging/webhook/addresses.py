"""Where pushes may go: https addresses whose every connection ends at a public address. Pure.

Anybody may name any address, so that a name is checked by what it resolves to, each time that a connection is
made to it, and the connection is made to just that (connections.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from domain.errors import BadInput
from domain.webhooks import WebhookForm

MAX_URL = 2_048
HTTPS_PORT = 443
PORTS = frozenset({HTTPS_PORT, 8443})
"""Of public addresses; what operators allow may listen anywhere."""
_MAX_PORT = 65_535
Network = IPv4Network | IPv6Network

# https://www.iana.org/assignments/iana-ipv4-special-registry, what is not globally reachable, and multicast.
_NOT_PUBLIC_4 = tuple(
    IPv4Network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        "168.63.129.16/32",  # public by its number, and within Azure the wire server of each machine
    )
)
# Public IPv6 is 2000::/3 but for what is assigned to protocols (Teredo among it), documentation and 6to4,
# whose addresses hide one of IPv4.
_PUBLIC_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    IPv6Network(text)
    for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "2620:4f:8000::/48")
)
_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = 0x5EFE
"""In the middle of the interface's part: the rest is an address of IPv4."""
_DISCORD = frozenset({"discord.com", "discordapp.com", "ptb.discord.com", "canary.discord.com"})
_SLACK = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PushAddress:
    """A checked address, in the parts of a request; printed, it shows no path, which may be a secret."""

    host: str
    """As TLS has to prove it; without brackets, and without the dot that may end a name."""
    port: int
    target: str = field(repr=False)
    """Path and query."""

    @property
    def host_header(self) -> str:
        """For `Host`, and for people."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == HTTPS_PORT else f"{host}:{self.port}"


def parse_url(text: str) -> PushAddress:
    """The address that somebody wrote.

    Raises:
        BadInput: it is none that anything is pushed to; says why.
    """
    if not text.isascii() or not text.isprintable() or " " in text or "\\" in text or len(text) > MAX_URL:
        raise BadInput(f"An address is up to {MAX_URL} plain characters without spaces.")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BadInput("This is no address.") from error
    host = (host or "").removesuffix(".")
    if parts.scheme != "https" or "%" in host or "" in host.split("."):
        raise BadInput("The address must begin with https:// and name a host.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise BadInput("The address must have no user, no password and no #.")
    if port is not None and not 1 <= port <= _MAX_PORT:
        raise BadInput("This is no port.")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return PushAddress(host=host, port=port or HTTPS_PORT, target=target)


def form_of(address: PushAddress) -> WebhookForm:
    """Return what is understood there, as far as the address shows."""
    if address.host in _DISCORD:
        return WebhookForm.DISCORD
    return WebhookForm.SLACK if address.host in _SLACK else WebhookForm.STANDARD


def parse_networks(text: str) -> tuple[Network, ...]:
    """Networks of a list with commas.

    Raises:
        ValueError: one is none.
    """
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def may_be_reached(text: str, allowed: Iterable[Network] = ()) -> bool:
    """Return whether a connection may be made to an address.

    Args:
        text: of IPv4 or IPv6, as a resolver gives it.
        allowed: networks to which one may, though they are not public.
    """
    address = _meant(text)
    return address is not None and (_is_among(address, allowed) or _is_public(address))


def is_allowed(text: str, allowed: Iterable[Network]) -> bool:
    """Return whether an address is in one of these networks."""
    address = _meant(text)
    return address is not None and _is_among(address, allowed)


def _is_among(address: IPv4Address | IPv6Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)


def _meant(text: str) -> IPv4Address | IPv6Address | None:
    """The address at which a packet ends: one of IPv4 may be written as one of IPv6. None: it is none."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else address


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    is_isatap = (int(address) >> 32) & 0xFFFF == _ISATAP
    return address in _PUBLIC_6 and not is_isatap and not any(address in one for one in _NOT_PUBLIC_6)
