"""One RPC provider: its addresses, the name it is shown by, and how it has been doing."""

import random
from collections.abc import Sequence
from urllib.parse import urlsplit, urlunsplit

from chain.rpc_errors import NodeFault
from runtime.backoff import Backoff
from runtime.clock import monotonic
from runtime.metrics import rpc_breaker_state
from runtime.secret import Secret

_REST = Backoff(first=0.5, factor=2.0, longest=30.0)
_IN_USE, _ON_TRIAL, _AVOIDED = 0, 1, 2


class Provider:
    """A node we may ask. Its address may hold a key, so only `name` is ever shown."""

    def __init__(self, name: str, url: Secret) -> None:
        self.name = name
        self.url = url
        self._failures = 0
        self._rests_until = 0.0
        rpc_breaker_state.labels(name).set(_IN_USE)

    def __repr__(self) -> str:
        return f"Provider({self.name})"

    @property
    def rest(self) -> float:
        """Seconds until it should be asked again; 0: now."""
        return max(0.0, self._rests_until - monotonic())

    def answered(self) -> None:
        """It gave what was asked for."""
        if self._failures:
            self._failures = 0
            rpc_breaker_state.labels(self.name).set(_IN_USE)

    def failed(self, fault: NodeFault) -> None:
        """It did not; rest it as long as it asked for, or longer each time."""
        if not fault.rests:
            return
        self._failures += 1
        pause = fault.retry_after
        if pause is None:
            pause = _REST.wait(self._failures, random.random())  # noqa: S311 - spreads retries
        self._rests_until = max(self._rests_until, monotonic() + pause)
        rpc_breaker_state.labels(self.name).set(_AVOIDED)

    def tried(self) -> None:
        """It is being asked again after failures."""
        if self._failures:
            rpc_breaker_state.labels(self.name).set(_ON_TRIAL)


def providers(urls: Sequence[Secret]) -> tuple[Provider, ...]:
    """The providers at these addresses, best first, each with a name of its own."""
    names: list[str] = []
    for url in urls:
        name = host_name(url)
        names.append(f"{name}#{len(names) + 1}" if name in names else name)
    return tuple(Provider(name, url) for name, url in zip(names, urls, strict=True))


def host_name(url: Secret) -> str:
    """Host, and port where one is given: never user, password, path or query."""
    parts = urlsplit(url.reveal())
    return (parts.hostname or "?") + (f":{parts.port}" if parts.port else "")


def stream_urls(rpc_urls: Sequence[Secret], ws_urls: Sequence[Secret]) -> tuple[Secret, ...]:
    """The WebSocket addresses: as given, or made from the HTTP ones as nodes have it.

    A node that names its port listens one port higher; a hosted one has the same address.
    """
    return tuple(ws_urls) or tuple(_stream_url(url) for url in rpc_urls)


def _stream_url(url: Secret) -> Secret:
    parts = urlsplit(url.reveal())
    scheme = "wss" if parts.scheme == "https" else "ws"
    netloc = parts.netloc
    if parts.port is not None:
        netloc = f"{netloc.rpartition(':')[0]}:{parts.port + 1}"
    return Secret(urlunsplit((scheme, netloc, parts.path, parts.query, "")))
