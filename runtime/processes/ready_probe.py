"""`python -m runtime.processes.ready_probe`: exit code 0 when this container's program can work.

Containers run it every few seconds, so it imports nothing that takes time to import.
"""

import os
import socket
import sys

_SECONDS = 2.5
_REQUEST = b"GET /ready HTTP/1.0\r\nHost: localhost\r\n\r\n"


def is_ready(host: str, port: int) -> bool:
    """Return whether a program answers /ready with 200."""
    try:
        with socket.create_connection((host, port), timeout=_SECONDS) as link:
            link.sendall(_REQUEST)
            return link.recv(64).split(b" ")[1:2] == [b"200"]
    except OSError:
        return False


def main() -> int:
    """Ask the program of METRICS_PORT; 1 when it is not ready, or serves nothing."""
    return 0 if is_ready("127.0.0.1", int(os.environ.get("METRICS_PORT") or "0")) else 1


if __name__ == "__main__":
    sys.exit(main())
