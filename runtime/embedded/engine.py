"""What differs between the embedded servers, and why one does not start, with what to do about it.

`runtime/embedded/server.py` holds what they have in common.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class EmbeddedError(Exception):
    """An embedded server cannot be started or its folder cannot be used. The text is for the newcomer."""


class InUseError(EmbeddedError):
    """Another process of ours works in the same folder."""


def explain_os_error(error: OSError, folder: Path) -> EmbeddedError:
    """The sentence for an error of the operating system met in `folder`."""
    where = error.filename or folder
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return EmbeddedError(
                f"The disk is full: {where} cannot be written. Free some space and start again."
            )
        case errno.EROFS:
            return EmbeddedError(f"{where} cannot be written: its file system is read-only. {_ELSEWHERE}")
        case errno.EACCES | errno.EPERM:
            return EmbeddedError(
                f"{where} may not be used by you: it belongs to another user. "
                f'Make it yours (sudo chown -R "$(id -un)" {folder}), or set DATA_DIR to another folder.'
            )
        case errno.ENOTDIR | errno.EEXIST:
            return EmbeddedError(
                f"{where} is in the way: a folder is needed there. Move it, or set DATA_DIR."
            )
        case _:
            return EmbeddedError(f"{where} cannot be used: {error.strerror or error}. {_ELSEWHERE}")


def explain_log(tail: str, server: str, log: Path) -> EmbeddedError:
    """The sentence for a server that ended while starting, from the end of its log.

    Args:
        tail: the end of the log.
        server: its name for people.
        log: where all of the log is.
    """
    for sign, sentence in _SIGNS:
        if sign in tail:
            return EmbeddedError(f"{server} does not start: {sentence} (log: {log})")
    lines = [line for line in tail.splitlines() if line.strip()] or ["it said nothing"]
    last = next((line for line in reversed(lines) if _is_error(line)), lines[-1])
    return EmbeddedError(f"{server} does not start: {last.strip()} (log: {log})")


_ELSEWHERE = "Set DATA_DIR to a folder that can be written."

_SIGNS = (
    ("No space left on device", "the disk is full. Free some space and start again."),
    ("Check free disk space", "the disk is full. Free some space and start again."),
    ("Read-only file system", f"its folder is on a read-only file system. {_ELSEWHERE}"),
    ("Permission denied", f"it may not use its folder. {_ELSEWHERE}"),
    ("Cannot allocate memory", "there is not enough memory. Close something and start again."),
)


def _is_error(line: str) -> bool:
    return any(word in line for word in ("FATAL", "PANIC", "error", "ERROR", "Fatal", "#"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerKind:
    """The names and signals of one kind of server."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFiles:
    """Where a server keeps its files, all under one data folder."""

    home: Path
    """The data folder, absolute."""
    kind: ServerKind
    durable: bool = True
    """False in tests: what was written may be lost with the machine's power."""

    @property
    def folder(self) -> Path:
        """Where the server keeps its data."""
        return self.home / self.kind.short

    @property
    def log(self) -> Path:
        """Where its output goes."""
        return self.home / "log" / f"{self.kind.short}.log"

    @property
    def port(self) -> Path:
        """Remembers the port of the last start."""
        return self.home / f"{self.kind.short}.port"

    @property
    def password(self) -> Path:
        """Holds the password; only its owner may read it."""
        return self.home / f"{self.kind.short}.password"

    @property
    def lock(self) -> Path:
        """Held while a server runs on the folder."""
        return self.home / f"{self.kind.short}.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How clients reach a server on this machine."""

    port: int
    password: str


class Engine(Protocol):
    """One kind of server on one data folder."""

    @property
    def files(self) -> ServerFiles:
        """Where its files are."""
        ...

    def url(self, access: Access) -> str:
        """Where and how to connect, password included: a secret."""
        ...

    def prepare(self, password: str) -> None:
        """Make the folder fit to start in; may take seconds, runs in a thread."""
        ...

    def command(self, access: Access) -> tuple[list[str], bytes]:
        """The command in the foreground, and what it reads from standard input."""
        ...

    def is_ready(self, pid: int, access: Access) -> bool:
        """Return whether the server takes connections; must return at once."""
        ...

    def change_password(self, password: str) -> None:
        """Change the copy of the password that the server itself stores, if it stores one."""
        ...

    def start_failure(self, tail: str) -> EmbeddedError:
        """Why it did not start, from the end of its log."""
        ...
