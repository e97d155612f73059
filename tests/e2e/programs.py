"""The real programs as processes, started again when they die as `make run` does, against a sandbox."""

import asyncio
import io
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from runtime.embedded.ports import free_port
from runtime.observability.logs import Redactor
from runtime.processes.child import Child
from runtime.processes.console import Console, LogFile
from runtime.processes.programs import WHOLE_SYSTEM, Program
from runtime.settings.loading import unset_settings
from sandbox.local import LocalSandbox
from storage.postgres import Database
from tests.e2e.waiting import until
from tests.forking import start_forked

CHAIN = "sandbox"
_STOP_SECONDS = 6.0
_AGAIN_SECONDS = 15.0
_READY_SECONDS = 45.0
"""The first programs of a test process wait until it has imported all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """Where PostgreSQL and Valkey are."""

    postgres_url: str
    valkey_url: str


def environment(sandbox: LocalSandbox, servers: Servers, home: Path) -> dict[str, str]:
    """Settings for the sandbox; what is set on this machine for the real thing counts nothing."""
    return unset_settings() | {
        "CHAIN": CHAIN,
        "RPC_URLS": sandbox.chain.rpc_url,
        "WS_URLS": sandbox.chain.ws_url,
        "BOT_TOKEN": sandbox.telegram.token,
        "TELEGRAM_API_URL": sandbox.telegram.url,
        "EXAMPLE_WALLETS": sandbox.example_wallets,
        "DATABASE_URL": servers.postgres_url,
        "REDIS_URL": servers.valkey_url,
        "COALESCE_SECONDS": "0",
        "RECONCILE": "blocks",  # lists come by the clock, and here the chain continues when a test says so
        "WEB_PORT": str(free_port()),  # with the usual one, two tests at a time wait for each other
        "TELEGRAM_RATE": "200",  # these sandboxes set no limits, and a hundred messages took seven seconds
        "DATA_DIR": str(home),
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "",
    }


class Programs:
    """Programs that run; each says what it says into a file of its own."""

    def __init__(self, database: Database, shared: Mapping[str, str], home: Path) -> None:
        self._database = database
        self._shared = dict(shared)
        self._home = home
        self._console = Console(io.StringIO(), [])
        self._children: dict[str, Child] = {}

    def make(self, name: str, *, of: str = "", **settings: str) -> Child:
        """A program under supervision, called `name`; `of` names its kind if that is another."""
        program = _program(name, of or name)
        given = self._shared | _named(self._shared["DATABASE_URL"], name) | {"INSTANCE_ID": f"{name}-1"}
        log = LogFile(self.log(name), Redactor())
        child = self._children[name] = Child(
            program, given | settings, self._console, log, start=start_forked
        )
        return child

    @property
    def _running(self) -> list[str]:
        return [name for name, child in self._children.items() if child.pid]

    @property
    def names(self) -> tuple[str, ...]:
        """Of all programs that were made."""
        return tuple(self._children)

    def log(self, name: str) -> Path:
        """Where a program's lines go, unmasked."""
        return self._home / f"{name}.log"

    def pid(self, name: str) -> int:
        """The process id of a program that runs."""
        pid = self._children[name].pid
        assert pid is not None, f"{name} does not run"
        return pid

    async def ready(self, *names: str) -> None:
        """Wait until all (or these) have said that they live, and the scanner knows where it begins.

        Raises:
            AssertionError: they do not; it holds the last words of those that are not there.
        """
        wanted = names or self.names
        if wanted:
            try:
                await until(lambda: self._live([f"{name}-1" for name in wanted]), seconds=_READY_SECONDS)
            except TimeoutError:
                raise AssertionError(await self._last_words(wanted)) from None

    async def _last_words(self, wanted: Sequence[str]) -> str:
        rows = await self._database.fetch("SELECT instance_id FROM instances")
        living = {row["instance_id"] for row in rows}
        absent = [name for name in wanted if f"{name}-1" not in living] or ["scanner"]
        return "not ready in time\n" + self.last_lines(absent)

    def last_lines(self, names: Sequence[str]) -> str:
        """What these programs said last."""
        logs = {name: self.log(name) for name in names}
        said = {name: log.read_text(errors="replace") for name, log in logs.items() if log.exists()}
        return "\n".join(f"{name}:\n{text[-2_000:]}" for name, text in said.items())

    async def _live(self, instances: Sequence[str]) -> bool:
        living = await self._database.fetchval(
            "SELECT count(*) FROM instances WHERE instance_id = ANY($1)", instances
        )
        begun = "scanner-1" not in instances or await self._database.fetchval("SELECT count(*) FROM cursors")
        return bool(living == len(instances) and begun)

    async def kill(self, name: str) -> int:
        """kill -9; return when it is dead and its leases have ended, as they would half a minute later.

        Returns:
            The process id that it had.
        """
        backends = await self._backends(name)
        process = psutil.Process(self.pid(name))
        os.kill(process.pid, signal.SIGKILL)
        await until(lambda: _is_dead(process), seconds=_AGAIN_SECONDS)

        async def is_forgotten() -> bool:
            return not backends & await self._backends(name)

        await until(is_forgotten, seconds=_AGAIN_SECONDS)
        await self.end_leases(name)
        return process.pid

    async def end_leases(self, name: str) -> None:
        """Let what a program holds be free, as it would be half a minute later."""
        for table in ("deliveries", "updates", "questions"):
            await self._database.execute(
                f"UPDATE {table} SET lease_until = now() - interval '1 ms'"
                " WHERE lease_until IS NOT NULL AND lease_owner LIKE $1",
                f"{name}-1%",
            )

    async def again(self, name: str, dead: int) -> None:
        """Wait until the program runs again that had the process id `dead`."""
        await until(lambda: self._children[name].pid not in {None, dead}, seconds=_AGAIN_SECONDS)

    async def _backends(self, name: str) -> set[int]:
        """The server processes that work for a program."""
        rows = await self._database.fetch(
            "SELECT pid FROM pg_stat_activity WHERE application_name = $1", f"{name}-1"
        )
        return {row["pid"] for row in rows}

    async def stop(self) -> None:
        """SIGTERM to all, then the end."""
        for child in self._children.values():
            child.ask_to_stop()
        try:
            await until(lambda: not self._running, seconds=_STOP_SECONDS)
        except TimeoutError as error:
            error.add_note(f"did not stop: {', '.join(self._running)}\n{self.last_lines(self._running)}")
            raise
        finally:
            for child in self._children.values():
                child.kill()


@asynccontextmanager
async def running(programs: Programs, children: Sequence[Child]) -> AsyncIterator[None]:
    """These programs, until the block ends."""
    async with asyncio.TaskGroup() as group:
        for child in children:
            group.create_task(child.keep_running())
        try:
            await programs.ready()
            yield
        except Exception as error:
            error.add_note(programs.last_lines(programs.names))
            raise
        finally:
            await programs.stop()


def _program(name: str, kind: str) -> Program:
    found = next(program for program in WHOLE_SYSTEM.programs if program.name == kind)
    return replace(found, name=name)


def _is_dead(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _named(database_url: str, name: str) -> dict[str, str]:
    """The database's address with the program's name in it, so that its connections can be distinguished."""
    return {"DATABASE_URL": f"{database_url}?application_name={name}-1"}
