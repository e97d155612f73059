"""`make run`: the embedded servers, the sandbox and all programs on one machine, from start to stop.

The order: servers, migrations and sandbox, programs; and back. Each program gets as long as it may need
to finish what is in flight; idle, all is over within seconds.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import TextIO

from runtime.clock import monotonic
from runtime.deployment.nginx import nginx_ports
from runtime.embedded.engine import EmbeddedError, InUseError, explain_os_error
from runtime.embedded.ports import answers, free_pair, free_port
from runtime.embedded.postgres import EmbeddedPostgres
from runtime.embedded.privacy import make_private
from runtime.embedded.processes import FileLock, PidFile, stop_processes
from runtime.embedded.server import EmbeddedServer
from runtime.embedded.valkey import EmbeddedValkey
from runtime.observability.logs import Redactor
from runtime.processes.child import Child
from runtime.processes.console import Console, LogFile
from runtime.processes.kept_key import kept_key_file, key_notes
from runtime.processes.kept_servers import keep_server
from runtime.processes.lifecycle import Nursery, Stop, nursery
from runtime.processes.overview import (
    Row,
    overview,
    port_notes,
    program_address,
    sandbox_addresses,
    shortened,
)
from runtime.processes.preflight import CHECK_SECONDS, findings
from runtime.processes.programs import (
    WHOLE_SYSTEM,
    Program,
    Provided,
    System,
    environment,
    environment_of,
    remove_provided,
    write_provided,
)
from runtime.settings.loading import unknown_settings
from runtime.settings.settings import Settings

_SANDBOX_SECONDS = _SERVERS_SECONDS = 1.0
_SILENT_SECONDS = 2.0
"""After this the console says which programs it waits for."""
_SANDBOX_START_SECONDS = 30.0
_POLL_SECONDS = 0.02


class StartError(Exception):
    """The system cannot be started; the text says why and what to do."""


class Supervisor:
    """Runs one system on one machine until it is asked to stop.

    Args:
        settings: of all programs; `data_dir` is locked while it runs.
        stream: takes the lines of all programs.
        system: which programs that are.
    """

    def __init__(self, settings: Settings, stream: TextIO, system: System = WHOLE_SYSTEM) -> None:
        self._settings = settings
        self._system = system
        self._home = settings.data_dir.absolute()
        everyone = (system.migrate, system.sandbox, *system.programs)
        self._console = Console(stream, [program.name for program in everyone])
        self._lock = FileLock(self._home / "run.lock")
        self._pid_file = PidFile(self._home / "run.json")
        self._servers = _missing_servers(settings)
        self._children: dict[str, Child] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._log = LogFile(self._home / "log" / "supervisor.log", Redactor(settings.secrets()))
        self._findings: dict[str, str] = {}

    async def run(self, stop: Stop) -> None:
        """Start everything, keep it running, and stop it all when `stop` is set.

        Raises:
            StartError: something that is needed does not start, or another run holds the folder.
        """
        async with AsyncExitStack() as ending:
            try:
                self._take_folder()
                ending.callback(self._lock.release)
                await asyncio.to_thread(stop_processes, self._pid_file.living(), signal.SIGTERM, 3)
                ending.push_async_callback(self._stop_servers)
                await self._start_servers()
                provided = self._provided()
            except EmbeddedError as error:
                raise StartError(str(error)) from error
            write_provided(self._home, environment(provided))
            ending.callback(remove_provided, self._home)
            await self._supervise(stop, provided)

    def _take_folder(self) -> None:
        try:
            make_private(self._home)
            (self._home / "log").mkdir(mode=0o700, exist_ok=True)
            self._lock.take()
        except InUseError as error:
            raise StartError(
                f"Whale Watcher already runs here: {error} "
                "Stop it with Ctrl-C there, or set DATA_DIR to another folder."
            ) from error
        except OSError as error:
            raise StartError(str(explain_os_error(error, self._home))) from error

    async def _start_servers(self) -> None:
        results = await asyncio.gather(*(server.start() for server in self._servers), return_exceptions=True)
        for failure in results:
            if failure is not None:
                raise failure

    async def _stop_servers(self) -> None:
        await asyncio.gather(*(server.stop(_SERVERS_SECONDS) for server in self._servers))

    def _provided(self) -> Provided:
        """Return what we provide, now that the servers' ports are known."""
        settings, urls = self._settings, {server.kind.short: server.url for server in self._servers}
        sandbox = settings.sandbox_chain or settings.sandbox_telegram
        return Provided(
            database_url=urls.get("postgres", ""),
            redis_url=urls.get("valkey", ""),
            chain=settings.sandbox_chain,
            telegram=settings.sandbox_telegram,
            rpc_port=free_pair(settings.sandbox_rpc_port) if sandbox else 0,
            telegram_port=free_port(settings.sandbox_telegram_port) if sandbox else 0,
            web_port=free_port(settings.web_port),
            nginx=nginx_ports(settings) if settings.bots > 1 else None,
            secrets_key_file=kept_key_file(self._home, settings),
        )

    async def _supervise(self, stop: Stop, provided: Provided) -> None:
        self._make_children(provided)
        try:
            async with nursery(stop) as tasks:
                try:
                    await self._start(tasks, stop, provided)
                    await stop.wait()
                finally:
                    self._console.write("Stopping.")
                    await self._stop_children()
        except BaseExceptionGroup as group:
            raise (_start_error(group) or group) from None

    async def _start(self, tasks: Nursery, stop: Stop, provided: Provided) -> None:
        """Start what the settings ask for, in order; returns early when the stop comes first."""
        checking = tasks.start("checks of the settings", self._check())
        for server in self._servers:
            tasks.start(server.kind.name, self._keep_server(server))
        if provided.sandbox:
            self._keep(tasks, self._system.sandbox)
        if provided.database_url:
            await self._migrate(tasks, stop)
        if provided.sandbox:
            await self._until_sandbox_answers(stop, provided)
        if not stop.is_set():
            for program in self._system.programs:
                self._keep(tasks, program)
            await self._until_started(stop)
            await asyncio.wait({checking}, timeout=CHECK_SECONDS)
            self._show(provided)

    async def _check(self) -> None:
        self._findings = await findings(self._settings)

    def _keep(self, tasks: Nursery, program: Program) -> None:
        self._tasks[program.name] = tasks.start(program.name, self._children[program.name].keep_running())

    def _make_children(self, provided: Provided) -> None:
        shared = environment(provided)
        redactor = Redactor((*self._settings.secrets(), *provided.secrets()))
        everyone = (*self._system.programs, self._system.sandbox, self._system.migrate)
        for index, program in enumerate(everyone):
            log = LogFile(self._home / "log" / f"{program.name}.log", redactor)
            own = environment_of(program, shared, self._settings, index, provided.nginx)
            self._children[program.name] = Child(program, own, self._console, log, self._note_pids)

    def _note_pids(self) -> None:
        self._pid_file.write({name: child.pid for name, child in self._children.items() if child.pid})

    async def _keep_server(self, server: EmbeddedServer) -> None:
        try:
            await keep_server(server.kind.name, server, self._console.write)
        except EmbeddedError as error:
            raise StartError(str(error)) from error

    async def _migrate(self, tasks: Nursery, stop: Stop) -> None:
        migrate = self._children[self._system.migrate.name]
        watch = tasks.start("migration's end", _pass_on(stop, migrate))
        code = await migrate.run_once()
        watch.cancel()
        if code and not stop.is_set():
            raise StartError(f"The database could not be brought up to date: {migrate.last_error()}")

    async def _until_sandbox_answers(self, stop: Stop, provided: Provided) -> None:
        deadline = monotonic() + _SANDBOX_START_SECONDS
        ports = (provided.rpc_port, provided.rpc_port + 1, provided.telegram_port)
        while not all(map(answers, ports)):
            if not await stop.sleep(_POLL_SECONDS):
                return
            if monotonic() > deadline:
                error = self._children[self._system.sandbox.name].last_error()
                raise StartError(f"The sandbox did not answer within {_SANDBOX_START_SECONDS:g} s: {error}")

    async def _until_started(self, stop: Stop) -> None:
        """Give each program its process id before the table is shown."""
        deadline = monotonic() + 1
        children = [self._children[program.name] for program in self._system.programs]
        while not all(child.was_started for child in children) and monotonic() < deadline:
            await stop.sleep(_POLL_SECONDS)

    async def _stop_children(self) -> None:
        await self._stop_some({one.name: one.drain_seconds for one in self._system.programs})
        await self._stop_some({self._system.sandbox.name: _SANDBOX_SECONDS})

    async def _stop_some(self, timeouts: Mapping[str, float]) -> None:
        """Ask each program to stop, wait for it as long as it may take, and kill what remains."""
        for name in timeouts:
            self._children[name].ask_to_stop()
        try:
            await asyncio.gather(
                *(self._end(name, seconds) for name, seconds in timeouts.items() if name in self._tasks)
            )
        finally:
            for name in timeouts:
                self._children[name].kill()

    async def _end(self, name: str, seconds: float) -> None:
        """Wait for the end of a program, and kill it when its time is over."""
        task, first = {self._tasks[name]}, min(seconds, _SILENT_SECONDS)
        _, working = await asyncio.wait(task, timeout=first)
        if working and seconds > first:
            self._console.write(
                f"Waiting for {name} to finish what is in flight, up to {seconds:g} s; Ctrl-C ends it now."
            )
            await asyncio.wait(task, timeout=seconds - first)
        self._children[name].kill()

    def _show(self, provided: Provided) -> None:
        """Print what runs where, and what to open."""
        rows = [_server_row(server) for server in self._servers]
        if provided.sandbox:
            rows.append(self._row(self._system.sandbox, "ready", sandbox_addresses(provided)))
        for index, program in enumerate(self._system.programs):
            where = program_address(program, self._settings, index, provided.nginx)
            rows.append(self._row(program, "started", where))
        notes = [
            *unknown_settings(),
            *port_notes(self._settings, provided),
            *key_notes(self._settings),
            *(f"{program}: {finding}" for program, finding in self._findings.items()),
        ]
        for note in notes:
            self._log.write(note)
        for text in overview(rows, provided, shortened(self._home / "log"), self._console.bold, notes):
            self._console.write(text)

    def _row(self, program: Program, state: str, where: str) -> Row:
        pid, where = self._children[program.name].pid, self._findings.get(program.name, where)
        return Row(name=program.name, pid=pid, state=state if pid else "ended", where=where)


def _missing_servers(settings: Settings) -> list[EmbeddedServer]:
    servers: list[EmbeddedServer] = []
    if not settings.database_url:
        servers.append(EmbeddedPostgres(settings.data_dir))
    if not settings.redis_url:
        servers.append(EmbeddedValkey(settings.data_dir))
    return servers


async def _pass_on(stop: Stop, child: Child) -> None:
    await stop.wait()
    child.ask_to_stop()


def _server_row(server: EmbeddedServer) -> Row:
    where = f"127.0.0.1:{server.port}, data in {shortened(server.folder)}"
    return Row(name=server.kind.short, pid=server.pid, state="ready", where=where)


def _start_error(group: BaseExceptionGroup[BaseException]) -> StartError | None:
    """The first StartError in a group, however deep."""
    for error in group.exceptions:
        found = _start_error(error) if isinstance(error, BaseExceptionGroup) else error
        if isinstance(found, StartError):
            return found
    return None
