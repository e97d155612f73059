"""The bots that a crowd talks to: processes that may be killed and replaced, behind the real nginx."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psutil

from bench import programs
from bench.programs import Program
from runtime.deployment.nginx import LocalPlaces, command, write_local
from runtime.embedded.ports import LOOPBACK, answers
from runtime.settings.loading import load_settings, unset_settings

START_SECONDS = 60.0


@dataclass(slots=True, kw_only=True)
class Bot:
    """One instance, which may be ended and started again in its place."""

    environment: dict[str, str]
    process: Program | None = None

    async def start(self) -> None:
        """Start it."""
        self.process = await programs.start_program(
            "bench.unlimited_bot", environment={**os.environ, **self.environment}
        )

    async def stop(self) -> None:
        """End it in order, if it runs."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.terminate()
            await self.process.wait()

    def kill(self) -> None:
        """End it as a fault would."""
        if self.process is not None:
            self.process.kill()

    @property
    def mib(self) -> float:
        """Memory of its own."""
        assert self.process is not None
        return float(psutil.Process(self.process.pid).memory_full_info().uss) / 2**20


@asynccontextmanager
async def running_bot(
    environment: dict[str, str], number: int, port: int, monitor: int
) -> AsyncIterator[Bot]:
    """An instance on these ports, ended at the end."""
    own = {"PORT": str(port), "METRICS_PORT": str(monitor), "INSTANCE_ID": f"bot-{number}"}
    bot = Bot(environment={**environment, **own})
    await bot.start()
    try:
        yield bot
    finally:
        await bot.stop()


@asynccontextmanager
async def nginx_before(
    folder: Path, environment: dict[str, str], port: int, webhooks: Sequence[int]
) -> AsyncIterator[None]:
    """The real nginx before the bots."""
    addresses = [f"{LOOPBACK}:{webhook}" for webhook in webhooks]
    places = LocalPlaces(listen=f"{LOOPBACK}:{port}", bots=addresses, monitors=addresses)
    write_local(folder, load_settings(unset_settings() | environment), places)
    process = await asyncio.create_subprocess_exec(*command(folder), stderr=asyncio.subprocess.DEVNULL)
    try:
        async with asyncio.timeout(START_SECONDS):
            while not answers(port):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.05)
        yield
    finally:
        process.terminate()
        await process.wait()


async def until_ready(session: aiohttp.ClientSession, port: int) -> None:
    """Wait until the bot on this port can work."""
    async with asyncio.timeout(START_SECONDS):
        while True:
            try:
                async with session.get(f"http://{LOOPBACK}:{port}/ready") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)
