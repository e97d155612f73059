"""Three scanners as processes, killed, stopped and started again by chance."""

import asyncio
import os
import random
import signal
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from bench import programs
from bench.testbed import ROOT, ScannerTestbed, peak_mib
from storage.redis import open_redis

NAMES = ("scanner-a", "scanner-b", "scanner-c")
STAGES = {"scanner-a": "collect", "scanner-b": "process", "scanner-c": "process"}
EMPTIED = 0.3
"""How often the queue between collector and processors is emptied, besides."""


class ScannerProcesses:
    """Three scanners that are killed, stopped and started again."""

    def __init__(self, environment: dict[str, str], testbed: ScannerTestbed, *, apart: bool) -> None:
        self.kills = 0
        self.peak_mib = 0.0
        """The most memory that one of them took, as far as it was read before it ended."""
        self._apart = apart
        self._environment = environment
        self._testbed = testbed
        self._processes: dict[str, programs.Program] = {}

    async def start(self, name: str) -> None:
        """Start one, if it does not run."""
        known = self._processes.get(name)
        if known is None or known.returncode is not None:
            stage = STAGES[name] if self._apart else "whole"
            own = {
                **self._environment,
                "INSTANCE_ID": name,
                "LOG_LEVEL": "error",
                "SCANNER_STAGE": stage,
            }
            with (self._testbed.folder / f"{name}.log").open("ab") as log:
                self._processes[name] = await programs.start_program(
                    "scanner",
                    environment={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **own},
                    folder=self._testbed.folder,
                    output=DEVNULL,
                    errors=log,
                )

    async def trouble(self) -> None:
        """Kill or stop one of them, and bring it back after a while."""
        name = random.choice(NAMES)
        await self._again_if_ended(name)
        self.kills += 1
        if self._apart and random.random() < EMPTIED:
            await self._empty_queue()
        if random.random() < 0.5:
            await self._end(name)
        else:
            with suppress(ProcessLookupError):
                self._processes[name].send_signal(signal.SIGSTOP)
                await asyncio.sleep(random.uniform(0.5, 8))
                self._processes[name].send_signal(signal.SIGCONT)
        await asyncio.sleep(random.uniform(0, 2))
        await self.start(name)

    async def _empty_queue(self) -> None:
        client = open_redis(self._testbed.valkey_url)
        await client.flushall()
        await client.aclose()

    async def _again_if_ended(self, name: str) -> None:
        """A scanner that no node answers at its start gives up, and a supervisor starts it again."""
        if self._processes[name].returncode is not None:
            lines = (self._testbed.folder / f"{name}.log").read_text().strip().splitlines()
            print(f"  {name} had ended by itself: {lines[-1] if lines else 'without a word'}", flush=True)
            await self.start(name)

    async def end(self) -> None:
        """Kill all."""
        for name in self._processes:
            await self._end(name)

    async def _end(self, name: str) -> None:
        process = self._processes[name]
        if process.returncode is None:
            self.peak_mib = max(self.peak_mib, peak_mib(process.pid))
            process.kill()
        await process.wait()


@asynccontextmanager
async def running_scanners(
    environment: dict[str, str], testbed: ScannerTestbed, *, apart: bool
) -> AsyncIterator[ScannerProcesses]:
    """All three; whatever runs at the end is killed."""
    scanners = ScannerProcesses(environment, testbed, apart=apart)
    try:
        for name in NAMES:
            await scanners.start(name)
        yield scanners
    finally:
        await scanners.end()
