"""Free ports on 127.0.0.1, the same ones as last time where possible."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

LOOPBACK = "127.0.0.1"


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
    for port in preferred:
        if port and is_free(port):
            return port
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def free_ports(count: int) -> tuple[int, ...]:
    """So many free ports, no two the same."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return tuple(probe.getsockname()[1] for probe in probes)


def free_pair(*preferred: int) -> int:
    """A free port whose successor is free too.

    Raises:
        OSError: none was found in fifty tries.
    """
    for port in (*preferred, *_pairs()):
        if is_free(port) and is_free(port + 1):
            return port
    raise OSError("No two neighbouring ports are free on 127.0.0.1")


def _pairs(tries: int = 50) -> Iterable[int]:
    return (port for _ in range(tries) if (port := free_port()) < 65535)  # noqa: PLR2004 - the highest port


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
