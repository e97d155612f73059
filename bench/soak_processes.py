"""What `make run` has started, to be killed, stopped and checked."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from runtime.processes.programs import provided
from sandbox.check.system import start_system
from sandbox.local import LocalSandbox
from storage.postgres import Database, open_database

SERVERS = ("postgres", "valkey")
LEASED = ("deliveries", "updates", "questions")
STOP_SECONDS = 45.0
_STOPPED_SECONDS = (1.0, 4.0)


@dataclass(kw_only=True)
class SystemProcesses:
    """The supervisor, and through it all that runs."""

    sandbox: LocalSandbox
    home: Path
    settings: Mapping[str, str]
    blows: Counter[str] = field(default_factory=Counter)
    """By what was struck."""
    _process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start all of it."""
        self._process = await start_system(self.sandbox, self.home, self.settings)

    async def end(self) -> None:
        """End all of it in order, as far as that goes."""
        process = self._running
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()

    @property
    def _running(self) -> asyncio.subprocess.Process:
        assert self._process is not None
        return self._process

    async def keep_running(self) -> None:
        """Start the supervisor again if it ended: a server was killed as it began. A machine does so, too."""
        if self._running.returncode is not None:
            self.blows["supervisor"] += 1
            await self.start()

    async def strike_one(self) -> str:
        """Kill or stop one of them by chance; its name if it died."""
        parts = self.parts()
        if not parts:
            return ""
        name = random.choice([*parts])
        self.blows[name] += 1
        if name not in SERVERS and random.randrange(4) == 0:
            await _stop_for_a_while(parts[name])
            return ""
        with contextlib.suppress(psutil.NoSuchProcess):
            parts[name].kill()
        return name

    async def power_failure(self) -> None:
        """Everything dies in one moment, and is started again."""
        self.blows["everything"] += 1
        with contextlib.suppress(psutil.NoSuchProcess):
            supervisor = psutil.Process(self._running.pid)
            for one in [*supervisor.children(recursive=True), supervisor]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.kill()
        await self._running.wait()
        await self.start()

    def parts(self) -> dict[str, psutil.Process]:
        """Return what `make run` has started and what lives, by name."""
        with contextlib.suppress(psutil.NoSuchProcess):
            children = psutil.Process(self._running.pid).children()
            return {name: one for one in children if (name := _name(one))}
        return {}

    async def end_leases(self, name: str) -> None:
        """Only a dead sender, bot or worker had them; its successor needs a second to start."""
        with contextlib.suppress(Exception):
            async with self.database() as database:
                for table in LEASED:
                    await database.execute(
                        f"UPDATE {table} SET lease_until = now() - interval '1 ms'"
                        " WHERE lease_until IS NOT NULL AND lease_owner LIKE $1",
                        f"{name}%",
                    )

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        """The system's own PostgreSQL; TimeoutError while it is unavailable."""
        async with asyncio.timeout(3):
            database = await open_database(provided(self.home)["DATABASE_URL"])
        try:
            yield database
        finally:
            await database.close()


def _name(process: psutil.Process) -> str:
    """Of a program or a server; empty: it is neither."""
    with contextlib.suppress(psutil.NoSuchProcess):
        words = process.cmdline()
        if any(server in Path(words[0]).name for server in SERVERS if words):
            return next(server for server in SERVERS if server in Path(words[0]).name)
        return words[-1] if "-m" in words else ""
    return ""


async def _stop_for_a_while(process: psutil.Process) -> None:
    """SIGSTOP, and go on later as if nothing had been."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(signal.SIGSTOP)
        try:
            await asyncio.sleep(random.uniform(*_STOPPED_SECONDS))
        finally:
            process.send_signal(signal.SIGCONT)
