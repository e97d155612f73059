"""What PostgreSQL and Valkey have in common as our children: folder, lock, port, log, password, life."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from runtime.clock import monotonic
from runtime.embedded.errors import EmbeddedError, explain_log, explain_os_error
from runtime.embedded.lock import FileLock
from runtime.embedded.ports import free_port, remembered_port
from runtime.embedded.processes import dies_with_parent, leftovers, stop_processes

_POLL_SECONDS = 0.01
_LOG_LIMIT = 10_000_000
_PORT_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerKind:
    """What differs between the servers."""

    name: str
    """As people write it: PostgreSQL, Valkey."""
    short: str
    """Names its files under the data folder: postgres, valkey."""
    process: str
    """The process name by which a leftover is known."""
    stop_signals: tuple[int, ...]
    """Sent one after the other, each when the one before did not help."""
    port_taken: str
    """What stands in the log when the port was taken."""


class EmbeddedServer(ABC):
    """One server under `data_dir`: `start()`, then `url`, then `stop()`. Start it from the main thread.

    There is never a second server on the same folder: a lock keeps out other processes of ours, and a server
    that an earlier life left behind is stopped first.
    """

    kind: ServerKind

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self._home = data_dir.absolute()
        self.folder = self._home / self.kind.short
        """Where the server keeps its data."""
        self.log = self._home / "log" / f"{self.kind.short}.log"
        """What the server says."""
        self.port = 0
        """Where it listens on 127.0.0.1; 0 before the first start."""
        self.durable = durable
        """False in tests: what was written may be lost with the machine's power."""
        self._lock = FileLock(self._home / f"{self.kind.short}.lock")
        self._child: subprocess.Popen[bytes] | None = None
        self._password = ""

    @property
    @abstractmethod
    def url(self) -> str:
        """Where and how to connect, password included: a secret."""

    @abstractmethod
    def _prepare(self) -> None:
        """Make the folder fit to start in; may take seconds, runs in a thread."""

    @abstractmethod
    def _command(self) -> tuple[list[str], bytes]:
        """The command in the foreground, listening on `self.port`, and what it reads from standard input."""

    @abstractmethod
    def _is_ready(self, pid: int) -> bool:
        """Whether the server takes connections; must return at once."""

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._child.pid if self._child and self._child.poll() is None else None

    async def start(self, timeout: float = 180) -> None:  # noqa: ASYNC109 - the caller knows how patient it is
        """Start, and return when connections are taken.

        Raises:
            EmbeddedError: it does not start, or the folder is in use; the text says what to do.
        """
        try:
            self._home.mkdir(parents=True, exist_ok=True)
            self.log.parent.mkdir(exist_ok=True)
            self._lock.take()
            await self._start_locked(monotonic() + timeout)
        except OSError as error:
            self._lock.release()
            raise explain_os_error(error, self._home) from error
        except BaseException:
            self._kill()
            self._lock.release()
            raise

    async def stop(self, grace_seconds: float = 4) -> None:
        """Stop, and return when it is gone: gently, then firmly. Nothing happens when it does not run."""
        child = self._child
        for number in (*self.kind.stop_signals, signal.SIGKILL):
            if child is None or child.poll() is not None:
                break
            child.send_signal(number)
            await _wait_until(lambda: child.poll() is not None, monotonic() + grace_seconds)
        self._child = None
        self._lock.release()

    async def died(self) -> int:
        """Return the exit code when the server has ended."""
        while self._child is not None and self._child.poll() is None:  # noqa: ASYNC110 - not tied to any loop
            await asyncio.sleep(0.2)
        return self._child.returncode if self._child else 0

    async def _start_locked(self, deadline: float) -> None:
        await asyncio.to_thread(self._clear_and_prepare)
        port_file = self._home / f"{self.kind.short}.port"
        for _ in range(_PORT_TRIES):
            self.port = free_port(self.port, remembered_port(port_file))
            if await self._try_start(deadline):
                port_file.write_text(f"{self.port}\n", encoding="ascii")
                return
        raise EmbeddedError(f"{self.kind.name} does not start: every port it tried was taken.")

    def _clear_and_prepare(self) -> None:
        stop_processes(
            leftovers(frozenset({self.kind.process}), self.folder), self.kind.stop_signals[0], timeout=5
        )
        self._password = self._remembered_password()
        self._prepare()

    def _remembered_password(self) -> str:
        """The password in its file, which only its owner may read; made at the first start."""
        file = self._home / f"{self.kind.short}.password"
        with contextlib.suppress(FileNotFoundError):
            if password := file.read_text(encoding="ascii").strip():
                return password
        password = secrets.token_urlsafe(24)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as opened:
            opened.write(password)
        self._password_is_new(password)
        return password

    @abstractmethod
    def _password_is_new(self, password: str) -> None:
        """Change the copy of the password that the server itself stores, if it stores one."""

    async def _try_start(self, deadline: float) -> bool:
        """Start once. False: the port was taken meanwhile."""
        seen = self._log_size()
        child = self._child = self._spawn()
        await _wait_until(lambda: child.poll() is not None or self._is_ready(child.pid), deadline)
        if child.poll() is None:
            if self._is_ready(child.pid):
                return True
            raise EmbeddedError(f"{self.kind.name} did not get ready in time (log: {self.log}).")
        tail = self._log_since(seen)
        if self.kind.port_taken in tail:
            self.port = 0
            (self._home / f"{self.kind.short}.port").unlink(missing_ok=True)
            return False
        raise self._start_failure(tail)

    def _spawn(self) -> subprocess.Popen[bytes]:
        command, stdin = self._command()
        with self.log.open("ab") as log:
            child = subprocess.Popen(  # noqa: S603 - our own command
                command,
                cwd=self.folder,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=dies_with_parent(self.kind.stop_signals[0]),  # noqa: PLW1509 - two system calls
            )
        with contextlib.suppress(BrokenPipeError):
            _feed(child, stdin)
        return child

    def _start_failure(self, tail: str) -> EmbeddedError:
        """Why it did not start, from what it said."""
        return explain_log(tail, self.kind.name, self.log)

    def _log_size(self) -> int:
        """How long the log is; a log that has grown too long is moved away first."""
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        return self.log.stat().st_size if self.log.exists() else 0

    def _log_since(self, start: int) -> str:
        with self.log.open("rb") as log:
            log.seek(start)
            return log.read(100_000).decode("utf-8", "replace")

    def _kill(self) -> None:
        if self._child and self._child.poll() is None:
            self._child.kill()
            self._child.wait(5)
        self._child = None


def _feed(child: subprocess.Popen[bytes], text: bytes) -> None:
    if child.stdin:
        child.stdin.write(text)
        child.stdin.close()


async def _wait_until(happened: Callable[[], bool], deadline: float) -> None:
    """Return when something happened or the deadline, on the monotonic clock, has passed."""
    while not happened() and monotonic() < deadline:  # noqa: ASYNC110 - a file or a process is watched
        await asyncio.sleep(_POLL_SECONDS)
