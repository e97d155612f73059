"""Addresses of Redis behind Sentinel, which names the server that is the primary at present.

`redis+sentinel://user:password@one:26379,two:26379,three:26379/mymaster/0`; rediss+sentinel for TLS to the
server. User and password are those of the server; `?sentinel_password=` and `?sentinel_username=` are those
of the sentinels, where they ask for them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from runtime.settings.secret import Secret

SCHEMES = ("redis+sentinel", "rediss+sentinel")
EXAMPLE = "redis+sentinel://:password@one:26379,two:26379,three:26379/mymaster/0"
DEFAULT_PORT = 26379
_SERVICE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_DATABASE = re.compile(r"[0-9]{1,4}")
_QUERY = frozenset({"sentinel_username", "sentinel_password"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SentinelAddress:
    """Where the sentinels are, and what to ask them for."""

    sentinels: tuple[tuple[str, int], ...]
    service: str
    """The name of the group of servers that the sentinels watch."""
    database: int = 0
    username: str | None = None
    password: str | None = None
    sentinel_username: str | None = None
    sentinel_password: str | None = None
    tls: bool = False


def is_sentinel_url(text: str) -> bool:
    """Return whether this is an address of sentinels, be it right or wrong."""
    return text.partition("://")[0].lower() in SCHEMES


def or_sentinels(plain: Callable[[str], Secret]) -> Callable[[str], Secret]:
    """A parser that takes addresses of sentinels besides those that `plain` takes."""

    def parse(text: str) -> Secret:
        if not is_sentinel_url(text):
            return plain(text)
        sentinel_address(text)
        return Secret(text)

    return parse


def sentinel_address(text: str) -> SentinelAddress:
    """Read an address of sentinels.

    Raises:
        ValueError: with what to write.
    """
    scheme, _, rest = text.partition("://")
    parts = urlsplit(f"//{rest}")
    user, _, hosts = parts.netloc.rpartition("@")
    service, _, database = parts.path.strip("/").partition("/")
    query = parse_qs(parts.query)
    is_right = _SERVICE.fullmatch(service) and _DATABASE.fullmatch(database or "0") and query.keys() <= _QUERY
    if scheme.lower() not in SCHEMES or not is_right:
        raise ValueError(f"must name the sentinels, the service and the database, like {EXAMPLE}")
    username, _, password = user.partition(":")
    return SentinelAddress(
        sentinels=tuple(_host(host) for host in hosts.split(",")),
        service=service,
        database=int(database or "0"),
        username=unquote(username) or None,
        password=unquote(password) or None,
        sentinel_username=query.get("sentinel_username", [None])[0],
        sentinel_password=query.get("sentinel_password", [None])[0],
        tls=scheme.lower().startswith("rediss"),
    )


def _host(text: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{text.strip()}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or port == 0:
        raise ValueError(f"must name each sentinel as host:port, like {EXAMPLE}")
    return host, DEFAULT_PORT if port is None else port
