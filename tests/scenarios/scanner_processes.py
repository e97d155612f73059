"""Several scanners as processes of their own, to be killed, stopped and woken."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sandbox.chain.server import SandboxChain
from storage.coordination.instances import instances
from storage.postgres import Database
from tests.forking import ForkedProgram
from tests.scanner.world import Whale, environment, follow, stored, until

_LAST_WORDS = 4_000


class ScannerProcesses:
    """Scanners by name."""

    def __init__(self, variables: Mapping[str, str], database: Database, folder: Path) -> None:
        self.processes: dict[str, ForkedProgram] = {}
        self._variables = dict(variables)
        self._database = database
        self._folder = folder

    async def start(self, *names: str, **settings: str) -> None:
        """Start scanners under these names."""
        for name in names:
            environment = {"PATH": os.environ["PATH"], **self._variables, "INSTANCE_ID": name, **settings}
            with (self._folder / f"{name}.log").open("ab") as log:
                output = (log.fileno(), log.fileno())
                self.processes[name] = ForkedProgram(["scanner"], environment, self._folder, output)

    async def until_up(self, *names: str) -> None:
        """Return when these scanners have said that they live, and one knows where it begins.

        Raises:
            AssertionError: they do not say so, or one has ended; it holds their last words.
        """

        async def known_or_over() -> bool:
            return any(self._ended(name) for name in names) or await self._are_up(names)

        with contextlib.suppress(TimeoutError):
            await until(known_or_over)
        assert await self._are_up(names), "\n".join(["not up", *map(self._last_words, names)])

    async def _are_up(self, names: Collection[str]) -> bool:
        known = {one.instance_id for one in await instances(self._database)}
        return known >= set(names) and bool(await self._database.fetchval("SELECT count(*) FROM cursors"))

    def _ended(self, name: str) -> bool:
        return self.processes[name].returncode is not None

    def _last_words(self, name: str) -> str:
        code = self.processes[name].returncode
        state = "runs" if code is None else f"has ended with {code}"
        return f"{name} {state}:\n{self.log_text(name)[-_LAST_WORDS:]}"

    async def kill(self, name: str) -> None:
        """kill -9, and wait until it is dead."""
        process = self.processes.pop(name)
        process.kill()
        await process.ended()

    def signal(self, name: str, number: int) -> None:
        """Send a signal."""
        self.processes[name].send_signal(number)

    def log_text(self, name: str) -> str:
        """What a scanner has logged."""
        return (self._folder / f"{name}.log").read_text()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannerTestbed:
    """Where a scenario plays."""

    chain: SandboxChain
    database: Database
    postgres_url: str
    valkey_url: str
    folder: Path

    def variables(self, **settings: str) -> dict[str, str]:
        """The environment of a scanner here."""
        chain, given = self.chain, {"database": self.postgres_url, "redis": self.valkey_url}
        return environment([chain.rpc_url], [chain.ws_url], **given, **settings)


@asynccontextmanager
async def scanner_processes(testbed: ScannerTestbed, **settings: str) -> AsyncIterator[ScannerProcesses]:
    """No scanner yet; what runs at the end is killed."""
    made = ScannerProcesses(testbed.variables(**settings), testbed.database, testbed.folder)
    try:
        yield made
    finally:
        for name in tuple(made.processes):
            await made.kill(name)


async def followed_whales(chain: SandboxChain, database: Database, count: int) -> list[Whale]:
    """Whales that Alice follows, and whose money came before any scanner looks.

    On a busy machine a scanner was there before that was confirmed: it took the money for an event, and one
    that was to die at its first event was dead before anybody had seen it.
    """
    whales = [Whale(chain, number) for number in range(1, count + 1)]
    for whale in whales:
        await follow(database, whale.address)
    await _until_confirmed(chain)
    return whales


async def _until_confirmed(chain: SandboxChain) -> None:
    """Return when all that has happened so far is confirmed, and what comes next stands in a later block."""
    confirmed = chain.api.slot + chain.config.confirmed_lag + 1
    if chain.config.slot_seconds is None:
        while chain.api.slot < confirmed:
            await chain.step()
    await until(lambda: chain.api.slot >= confirmed)


async def trade_slowly(whales: list[Whale], passes: int, pause: float = 0.06) -> None:
    """Each whale acts once a round."""
    for _ in range(passes):
        for whale in whales:
            whale.trade()
        await asyncio.sleep(pause)


async def until_all_stored(database: Database, whales: list[Whale], seconds: float = 20) -> None:
    """Return when everything that landed is stored; fail if anything is stored twice or was invented."""

    async def there() -> bool:
        return all([set(whale.landed) <= set(await stored(database, whale)) for whale in whales])

    await until(there, seconds)
    for whale in whales:
        found = await stored(database, whale)
        assert found == whale.landed, f"stored {found}, landed {whale.landed}"
    assert await database.fetchval("SELECT count(*) FROM alerts") == await database.fetchval(
        "SELECT count(*) FROM activities"
    )
