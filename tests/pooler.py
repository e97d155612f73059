"""A PgBouncer in transaction mode before a PostgreSQL, for tests; there where the program is installed."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from runtime.embedded.ports import free_port
from runtime.embedded.processes import parent_death_signal

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
MISSING = "needs pgbouncer (on Debian: apt install pgbouncer), which is not here"
_CONFIGURATION = """
[databases]
* = host={host} port={server_port} user={user} password={password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
server_round_robin = 1
default_pool_size = 20
max_client_conn = 500
max_db_connections = 20
server_idle_timeout = 10
server_fast_close = 1
"""
_PATIENCE_SECONDS = 10.0


@contextmanager
def pooler(server_url: str) -> Iterator[str]:
    """Run one; the address of the same database through it. Its sessions go round among transactions."""
    assert PROGRAM is not None, MISSING
    server, port = urlsplit(server_url), free_port()
    with tempfile.TemporaryDirectory(prefix="pooler-") as folder:
        file = Path(folder) / "pgbouncer.ini"
        file.write_text(
            _CONFIGURATION.format(
                host=server.hostname,
                server_port=server.port,
                user=server.username,
                password=server.password,
                port=port,
            )
        )
        Path(folder).chmod(0o755)
        process = subprocess.Popen(
            [PROGRAM, "-q", str(file)],
            stderr=subprocess.DEVNULL,
            user="nobody" if os.geteuid() == 0 else None,  # it refuses to be root
            preexec_fn=parent_death_signal(signal.SIGKILL),  # noqa: PLW1509 - two system calls
        )
        try:
            _await(port)
            yield urlunsplit(server._replace(netloc=f"{server.username}:{server.password}@127.0.0.1:{port}"))
        finally:
            process.kill()
            process.wait()


def _await(port: int) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return
