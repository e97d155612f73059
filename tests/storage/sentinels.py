"""A primary, its replica and three sentinels: real ones, on free ports, gone at the end."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import redis

from runtime.embedded.ports import free_port
from runtime.embedded.valkey import _program

SERVICE = "whales"
PASSWORD = "made-up-password-of-the-servers"
_SERVER = """
bind 127.0.0.1
port {port}
dir {folder}
requirepass {password}
masterauth {password}
maxmemory-policy noeviction
repl-diskless-sync-delay 0
save ""
"""
_SENTINEL = """
bind 127.0.0.1
port {port}
dir {folder}
sentinel monitor {service} 127.0.0.1 {primary} 2
sentinel auth-pass {service} {password}
sentinel down-after-milliseconds {service} 500
sentinel failover-timeout {service} 3000
sentinel parallel-syncs {service} 1
"""


@dataclass(slots=True, kw_only=True)
class Sentinels:
    """The processes, and where they are."""

    folder: Path
    servers: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)
    watchers: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.watchers)
        return f"redis+sentinel://:{PASSWORD}@{hosts}/{SERVICE}/0"

    def start_server(self, *, of: int | None = None) -> int:
        """A primary, or the replica of the server at a port; its own port."""
        port = self._port()
        text = _SERVER.format(port=port, folder=self.folder, password=PASSWORD)
        self.servers[port] = self._start(port, text + (f"replicaof 127.0.0.1 {of}\n" if of else ""))
        return port

    def start_sentinel(self, primary: int) -> int:
        port = self._port()
        text = _SENTINEL.format(
            port=port, folder=self.folder, service=SERVICE, primary=primary, password=PASSWORD
        )
        self.watchers[port] = self._start(port, text, "--sentinel")
        return port

    def _port(self) -> int:
        """A free one: a process of ours that has just been started may not listen yet."""
        while (port := free_port()) in self.servers or port in self.watchers:
            pass
        return port

    def primary(self) -> int:
        """The port of the primary, as the first sentinel says."""
        with redis.Redis(port=next(iter(self.watchers)), socket_timeout=1) as client:
            return int(client.sentinel_master(SERVICE)["port"])

    def until_replicated(self, primary: int) -> None:
        """Wait for the replica; sentinels look for new ones only every ten seconds."""
        _until(lambda: self._server_info(primary)["connected_slaves"] == 1)

    def until_watched(self) -> None:
        """Wait until every sentinel knows the others and the replica."""
        _until(lambda: all(self._knows_all(port) for port in self.watchers))

    def kill_primary(self) -> None:
        process = self.servers[self.primary()]
        process.kill()
        process.wait()

    def end(self) -> None:
        for process in (*self.watchers.values(), *self.servers.values()):
            process.kill()
            process.wait()

    def _knows_all(self, port: int) -> bool:
        with redis.Redis(port=port, socket_timeout=1) as client:
            try:
                found = client.sentinel_master(SERVICE)
            except redis.RedisError:
                return False
            return bool(found["num-other-sentinels"] == 2 and found["num-slaves"] == 1)

    def _server_info(self, port: int) -> dict[str, object]:
        with redis.Redis(port=port, password=PASSWORD, socket_timeout=1) as client:
            return dict(client.info("replication"))

    def _start(self, port: int, text: str, *arguments: str) -> subprocess.Popen[bytes]:
        file = self.folder / f"{port}.conf"
        file.write_text(text)
        command = [str(_program()), str(file), *arguments]
        with (self.folder / f"{port}.log").open("wb") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)


def _until(is_so: object, seconds: float = 10.0) -> None:
    assert callable(is_so)
    end = time.monotonic() + seconds
    while True:
        try:
            if is_so():
                return
        except redis.RedisError:
            pass
        assert time.monotonic() < end, "the sentinels do not agree"
        time.sleep(0.05)


@contextmanager
def sentinels(folder: Path) -> Iterator[Sentinels]:
    """Watched servers, ready for a fail-over."""
    running = Sentinels(folder=folder)
    try:
        primary = running.start_server()
        running.start_server(of=primary)
        running.until_replicated(primary)
        for _ in range(3):
            running.start_sentinel(primary)
        running.until_watched()
        yield running
    finally:
        running.end()
