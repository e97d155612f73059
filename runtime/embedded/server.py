"""Common base of the embedded servers: folder, lock, port, log, password, lifecycle."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import subprocess
from collections.abc import Callable
from dataclasses import replace

from runtime.clock import monotonic
from runtime.embedded.engine import Access, EmbeddedError, Engine, explain_os_error
from runtime.embedded.ports import free_port, remembered_port
from runtime.embedded.privacy import UMASK, make_private
from runtime.embedded.processes import FileLock, leftovers, parent_death_signal, stop_processes

_POLL_SECONDS = 0.01
_MAX_LOG_BYTES = 10_000_000
_PORT_TRIES = 5


class EmbeddedServer:
    """One server under a data folder: `start()`, then `url`, then `stop()`. Start it from the main thread.

    There is never a second server on the same folder: a lock keeps out other processes of ours, and a server
    that an earlier run left behind is stopped first.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._files = engine.files
        self.kind = engine.files.kind
        """Its names and signals."""
        self.folder = engine.files.folder
        """Where the server keeps its data."""
        self.log = engine.files.log
        """Where its output goes."""
        self._access = Access(port=0, password="")
        self._lock = FileLock(engine.files.lock)
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        """Where it listens on 127.0.0.1; 0 before the first start."""
        return self._access.port

    @property
    def url(self) -> str:
        """Where and how to connect, password included: a secret."""
        return self._engine.url(self._access)

    @property
    def pid(self) -> int | None:
        """The process id while it runs; else None."""
        return self._child.pid if self._child and self._child.poll() is None else None

    async def start(self, timeout: float = 180) -> None:  # noqa: ASYNC109 - the caller knows how patient it is
        """Start, and return when connections are taken.

        Raises:
            EmbeddedError: it does not start, or the folder is in use; the text says what to do.
        """
        try:
            make_private(self._files.home)
            self.log.parent.mkdir(mode=0o700, exist_ok=True)
            self._lock.take()
            await self._start_locked(monotonic() + timeout)
        except OSError as error:
            self._lock.release()
            raise explain_os_error(error, self._files.home) from error
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
        for _ in range(_PORT_TRIES):
            port = free_port(self.port, remembered_port(self._files.port))
            self._access = replace(self._access, port=port)
            if await self._try_start(deadline):
                self._files.port.write_text(f"{port}\n", encoding="ascii")
                return
        raise EmbeddedError(f"{self.kind.name} does not start: every port it tried was taken.")

    def _clear_and_prepare(self) -> None:
        left = leftovers(frozenset({self.kind.process}), self.folder)
        stop_processes(left, self.kind.stop_signals[0], timeout=5)
        self._access = replace(self._access, password=self._remembered_password())
        self._engine.prepare(self._access.password)

    def _remembered_password(self) -> str:
        """The password in its file; made at the first start."""
        with contextlib.suppress(FileNotFoundError):
            if password := self._files.password.read_text(encoding="ascii").strip():
                return password
        password = secrets.token_urlsafe(24)
        handle = os.open(self._files.password, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as opened:
            opened.write(password)
        self._engine.change_password(password)
        return password

    async def _try_start(self, deadline: float) -> bool:
        """Start once. False: the port was taken meanwhile."""
        seen = self._log_size()
        child = self._child = self._spawn()
        await _wait_until(lambda: child.poll() is not None or self._is_ready(child), deadline)
        if child.poll() is None:
            if self._is_ready(child):
                return True
            raise EmbeddedError(f"{self.kind.name} did not get ready in time (log: {self.log}).")
        tail = self._log_since(seen)
        if self.kind.port_taken in tail:
            self._access = replace(self._access, port=0)
            self._files.port.unlink(missing_ok=True)
            return False
        raise self._engine.start_failure(tail)

    def _is_ready(self, child: subprocess.Popen[bytes]) -> bool:
        return self._engine.is_ready(child.pid, self._access)

    def _spawn(self) -> subprocess.Popen[bytes]:
        command, stdin = self._engine.command(self._access)
        with self.log.open("ab") as log:
            child = subprocess.Popen(  # noqa: S603 - our own command
                command,
                cwd=self.folder,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                umask=UMASK,
                preexec_fn=parent_death_signal(self.kind.stop_signals[0]),  # noqa: PLW1509 - two system calls
            )
        with contextlib.suppress(BrokenPipeError):
            _feed(child, stdin)
        return child

    def _log_size(self) -> int:
        """Return how long the log is; a log that has grown too long is moved away first."""
        if self.log.exists() and self.log.stat().st_size > _MAX_LOG_BYTES:
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
