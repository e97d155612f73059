"""A real server that takes everything and answers nothing."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from runtime.embedded.server import EmbeddedServer


@contextmanager
def hanging(server: EmbeddedServer) -> Iterator[None]:
    """Stop a server and all its processes while the block runs."""
    assert server.pid is not None
    pids = [server.pid, *(child.pid for child in psutil.Process(server.pid).children(recursive=True))]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
