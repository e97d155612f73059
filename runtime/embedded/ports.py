"""Free ports on 127.0.0.1, the same ones as last time where possible."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

LOOPBACK = "127.0.0.1"
_PORTS = range(10_240, 32_768)
"""Below those of outgoing connections on Linux (net.ipv4.ip_local_port_range): one of these could take the
port of a server that is down for a moment, even one that tries to reach that server."""
_TRIES = 50


def is_free(port: int) -> bool:
    """Return whether nobody listens on a port of 127.0.0.1 (or of all addresses) at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port(*preferred: int) -> int:
    """The first preferred port that is free, or any free one."""
    for port in chain(preferred, (secrets.choice(_PORTS) for _ in range(_TRIES))):
        if port and is_free(port):
            return port
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def free_ports(count: int) -> tuple[int, ...]:
    """So many free ports, no two the same."""
    ports: set[int] = set()
    while len(ports) < count:
        ports.add(free_port())
    return tuple(ports)


def free_pair(*preferred: int) -> int:
    """A free port whose successor is free too.

    Raises:
        OSError: none was found in fifty tries.
    """
    for port in (*preferred, *_pairs()):
        if is_free(port) and is_free(port + 1):
            return port
    raise OSError("No two neighbouring ports are free on 127.0.0.1")


def _pairs() -> Iterable[int]:
    return (port for _ in range(_TRIES) if (port := free_port()) < 65535)  # noqa: PLR2004 - the highest port


def remembered_port(file: Path) -> int:
    """The port written in a file; 0 when there is none."""
    try:
        port = int(file.read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return 0
    return port if 0 < port < 65536 else 0  # noqa: PLR2004 - the range of ports


def answers(port: int, timeout: float = 0.2) -> bool:
    """Return whether something accepts connections on a port of 127.0.0.1."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(timeout)
        return probe.connect_ex((LOOPBACK, port)) == 0
