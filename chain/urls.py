"""The addresses of nodes: their names without keys, and where the stream of a node is. Pure."""

from collections.abc import Sequence
from urllib.parse import urlsplit, urlunsplit

from runtime.settings.secret import Secret


def host_name(url: Secret) -> str:
    """Host, and port where one is given: never user, password, path or query."""
    parts = urlsplit(url.reveal())
    return (parts.hostname or "?") + (f":{parts.port}" if parts.port else "")


def provider_names(urls: Sequence[Secret]) -> tuple[str, ...]:
    """A name for each address, no name twice: several plans of one host are numbered."""
    names: list[str] = []
    for url in urls:
        name = host_name(url)
        names.append(f"{name}#{len(names) + 1}" if name in names else name)
    return tuple(names)


def stream_urls(rpc_urls: Sequence[Secret], ws_urls: Sequence[Secret]) -> tuple[Secret, ...]:
    """The WebSocket addresses: as given, or made from the HTTP ones as nodes have it.

    A node that names its port listens one port higher; a hosted one has the same address.
    """
    return tuple(ws_urls) or tuple(_stream_url(url) for url in rpc_urls)


def node_of_stream(stream: str, names: Sequence[str]) -> tuple[str, ...]:
    """Of the providers' names those of the node that a stream comes from; none, if that would leave nobody.

    Args:
        stream: the name of the stream, a host and perhaps a port.
        names: of all providers.
    """
    host, _, port = stream.partition(":")
    own = {stream, f"{host}:{int(port) - 1}"} if port.isdigit() else {stream}
    found = tuple(name for name in names if name.partition("#")[0] in own)
    return () if len(found) == len(names) else found


def _stream_url(url: Secret) -> Secret:
    parts = urlsplit(url.reveal())
    scheme = "wss" if parts.scheme == "https" else "ws"
    netloc = parts.netloc
    if parts.port is not None:
        netloc = f"{netloc.rpartition(':')[0]}:{parts.port + 1}"
    return Secret(urlunsplit((scheme, netloc, parts.path, parts.query, "")))
