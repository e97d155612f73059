"""What differs between the embedded servers; `runtime/embedded/server.py` holds what they have in common."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from runtime.embedded.errors import EmbeddedError


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
        """Whether the server takes connections; must return at once."""
        ...

    def change_password(self, password: str) -> None:
        """Change the copy of the password that the server itself stores, if it stores one."""
        ...

    def start_failure(self, tail: str) -> EmbeddedError:
        """Why it did not start, from the end of its log."""
        ...
