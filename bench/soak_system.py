"""The whole system under fire: `make run` on the sandbox, all of which is killed or stopped at random.

Programs, PostgreSQL and Valkey die one by one, now and then all at once as in a power failure; nodes and
Telegram go wrong beside it; whales trade and people write meanwhile. In the end each deed must stand in its
chat once, each request must be answered, a second copy of anything must say so, and memory, keys and
connections must not have grown. The last line is JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import uvloop
from solders.keypair import Keypair

from bench.figures import print_figures
from bench.soak_ingest import FAULTS
from bench.soak_processes import SERVERS, SystemProcesses
from bench.soak_verdict import Sample, SystemVerdict
from messaging.telegram.texts.alert import POSSIBLE_REPEAT
from runtime.processes.programs import provided
from sandbox.actors.config import SimulationConfig, StrategyName, WhalePlan
from sandbox.check.chat_driver import START_SECONDS, ChatDriver, Person
from sandbox.check.judge import AcceptedMessage, Expected, judge
from sandbox.check.system import last_output
from sandbox.local import LocalConfig, LocalSandbox
from sandbox.telegram.faults import Fault, FaultKind
from storage.redis import open_redis

WHALES = 40  # so many that none acts so often that its alerts are deferred to a digest
SOL = 10**9
SETTINGS = {"COALESCE_SECONDS": "0", "OUTAGE_SECONDS": "3600"}
SETTINGS |= {"REQUESTS_PER_MINUTE": "1000", "REQUEST_BURST": "1000"}
PLANTED = "planted-key-of-the-node-0123456789"
"""Stands in the addresses of nodes, and must stand nowhere else."""
_SPREAD = (2.0, 5.0)
"""Seconds from one blow to the next."""
_ALL_EVERY = 25
"""Of so many blows one is a power failure."""
_TELEGRAM_EVERY = 6
"""With one of so many blows Telegram fails as well; more would be one long outage: `try-outage`."""
_REST_SECONDS = 240.0
"""After the last blow all must have come: leases last half a minute, and a chat takes one a second."""
_SAMPLE_SECONDS = 5.0
_CHAIN_FAULTS = tuple(one for one in FAULTS if one().fault != "fork")
"""A deed that lands again elsewhere is judged by `soak_ingest`, which knows the chain's own record."""
_TELEGRAM_FAULTS: tuple[Callable[[], Fault], ...] = (
    lambda: Fault(fault=FaultKind.HTML, method="sendMessage", code=502, times=3),
    lambda: Fault(fault=FaultKind.SERVER_ERROR, method="sendMessage", times=2),
    lambda: Fault(fault=FaultKind.DROP_ANSWER, method="sendMessage"),
)
UNFINISHED = """
SELECT (SELECT count(*) FROM alerts WHERE fanned_out_at IS NULL)
     + (SELECT count(*) FROM deliveries WHERE state IN ('pending', 'retry', 'sending'))
     + (SELECT count(*) FROM updates WHERE state IN ('new', 'working'))
"""


async def soak(seconds: float, home: Path, *, hurry: bool = False, whales: int = WHALES) -> SystemVerdict:
    """Let the system work and suffer for this long; then let it come to rest.

    Args:
        seconds: how long.
        home: where its data goes.
        hurry: end the leases of the dead at once, which end by themselves after half a minute.
        whales: that act, each with somebody who follows it.
    """
    async with _opened(home, hurry=hurry, whales=whales) as whole:
        await whole.follow()
        whole.since, journal = whole.driver.last_seq, len(whole.sandbox.simulation.journal)
        end = time.monotonic() + seconds
        async with asyncio.TaskGroup() as group:
            for work in (whole.trade, whole.ask, whole.strike, whole.measure):
                group.create_task(work(end))
        await whole.come_to_rest()
        expected = whole.expected(journal)
        await whole.driver.wait_until_quiet(whole.since, expected)
        return whole.verdict(expected)


@dataclass(kw_only=True)
class _Whole:
    """The sandbox, the system that runs on it, and what has been done to it."""

    sandbox: LocalSandbox
    home: Path
    hurry: bool
    driver: ChatDriver
    processes: SystemProcesses
    people: list[Person] = field(default_factory=list)
    asked: Counter[int] = field(default_factory=Counter)
    samples: list[Sample] = field(default_factory=list)
    since: int = 0
    """The ledger's entry from which on all counts."""

    async def follow(self) -> None:
        """Each whale gets somebody who follows it."""
        for whale in self.sandbox.simulation.whales:
            person = self.driver.add_person(f"Friend of {whale.name}")
            text = f"/watch {whale.address} {whale.name}"
            await self.driver.send(person, text, until=whale.name, seconds=START_SECONDS)
            self.people.append(person)

    async def trade(self, end: float) -> None:
        """One whale after the other acts, one in each block."""
        simulation, number = self.sandbox.simulation, 0
        token = simulation.token("MITTEN")
        while time.monotonic() < end:
            whale = simulation.whales[number % len(simulation.whales)]
            if number % 3 == 1:
                simulation.send_sol(whale, str(Keypair().pubkey()), SOL // 50 + number)
            else:
                simulation.buy(whale, token, SOL // 50 + number)
            number += 1
            await self.sandbox.next_block()

    async def ask(self, end: float) -> None:
        """Somebody asks something each second."""
        while time.monotonic() < end:
            person = random.choice(self.people)
            self.sandbox.telegram.people.send(person.user_id, "/status")
            self.asked[person.user_id] += 1
            await asyncio.sleep(1)

    async def strike(self, end: float) -> None:
        """One blow after the other, and a fault of the outside world with each."""
        while (left := end - time.monotonic()) > _SPREAD[0]:
            await asyncio.sleep(min(random.uniform(*_SPREAD), left))
            await self.processes.keep_running()
            self.sandbox.chain.faults.add(random.choice(_CHAIN_FAULTS)())
            if random.randrange(_TELEGRAM_EVERY) == 0 and not self.sandbox.telegram.faults.active():
                self.sandbox.telegram.faults.add(random.choice(_TELEGRAM_FAULTS)())
            if not self.hurry and random.randrange(_ALL_EVERY) == 0:
                await self.processes.power_failure()
            elif (name := await self.processes.strike_one()) and self.hurry:
                await self.processes.end_leases(name)

    async def measure(self, end: float) -> None:
        """Check the system repeatedly; while a server is unavailable there is nothing to see."""
        while time.monotonic() < end:
            await asyncio.sleep(_SAMPLE_SECONDS)
            with contextlib.suppress(Exception):
                self.samples.append(await self._sample())

    async def _sample(self) -> Sample:
        sizes = []
        for name, process in self.processes.parts().items():
            with contextlib.suppress(psutil.NoSuchProcess):
                if name not in SERVERS:
                    sizes.append(process.memory_info().rss / 2**20)
        async with self.processes.database() as database, asyncio.timeout(3):
            redis = open_redis(provided(self.home)["REDIS_URL"])
            connections = await database.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
            )
            keys = await redis.dbsize()
            await redis.aclose()
        return Sample(
            memory_mib=sum(sizes), largest_mib=max(sizes, default=0.0), keys=keys, connections=connections
        )

    async def come_to_rest(self) -> None:
        """The world is well again; wait until nothing is open. What is after that counts as lost."""
        self.sandbox.telegram.faults.clear()
        self.sandbox.chain.faults.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_REST_SECONDS):
                await self._until_at_rest()

    async def _until_at_rest(self) -> None:
        for _ in range(self.sandbox.chain.config.confirmed_lag + 2):
            await self.sandbox.next_block()
        await self.processes.keep_running()
        upto = self.sandbox.chain.api.slot - 40
        while not (self._is_answered() and await self._is_at_rest(upto)):  # noqa: ASYNC110 - rows raise no events
            await asyncio.sleep(1)

    def _is_answered(self) -> bool:
        """Return whether each request has a reply."""
        return not self.asked - Counter(
            one.chat_id for one in self.driver.messages(self.since) if _is_reply(one)
        )

    async def _is_at_rest(self, upto: int) -> bool:
        with contextlib.suppress(Exception):
            async with self.processes.database() as database:
                is_read = await database.fetchval("SELECT count(*) FROM cursors WHERE slot >= $1", upto)
                return bool(is_read) and not await database.fetchval(UNFINISHED)
        return False

    def expected(self, journal: int) -> list[Expected]:
        """Return what must have come to whom since that deed."""
        chats = {
            whale.address: person.user_id
            for whale, person in zip(self.sandbox.simulation.whales, self.people, strict=True)
        }
        return [
            Expected(
                chat_id=chats[one.wallet],
                signature=one.signature,
                slot=one.slot,
                legs=(*one.paid, *one.received),
            )
            for one in [*self.sandbox.simulation.journal][journal:]
            if one.wallet in chats and not one.failed
        ]

    def verdict(self, expected: Sequence[Expected]) -> SystemVerdict:
        """Return what the chats hold, against what was done and asked."""
        said = self.driver.messages(self.since)
        replies = [one for one in said if _is_reply(one)]
        alerts = judge(expected, [one for one in said if not _is_reply(one)])
        unmarked = [one for one in alerts.surplus if POSSIBLE_REPEAT not in one.text]
        plain = Counter(one.chat_id for one in replies if POSSIBLE_REPEAT not in one.text)
        for one in unmarked[:5]:
            print(f"surplus: {one.text!r}")
        for gone in alerts.missing[:5]:
            print(f"missing: slot {gone.slot:,} {gone.signature}")
        return SystemVerdict(
            blows=self.processes.blows,
            alerts=alerts,
            asked=self.asked.total(),
            unanswered=(self.asked - Counter(one.chat_id for one in replies)).total(),
            unmarked=len(unmarked) + (plain - self.asked).total(),
            samples=self.samples,
            leaks=self._leaks(),
        )

    def _leaks(self) -> list[str]:
        """Return where in what was written during the run which secret stands."""
        known = provided(self.home)
        secrets = [PLANTED, *(urlsplit(known[name]).password or "" for name in ("DATABASE_URL", "REDIS_URL"))]
        texts = {path.name: path.read_text(errors="replace") for path in (self.home / "log").glob("*.log")}
        texts["run.log"] = last_output(self.home, lines=10**6)
        return [name for name, text in texts.items() if any(one and one in text for one in secrets)]


def _is_reply(message: AcceptedMessage) -> bool:
    """To /status, and no alert."""
    return "Status\n" in message.text


@asynccontextmanager
async def _opened(home: Path, *, hurry: bool, whales: int) -> AsyncIterator[_Whole]:
    plans = tuple(
        WhalePlan(name=f"Whale {number + 1}", strategy=StrategyName.SLICER, sentence="does as it is told")
        for number in range(whales)
    )
    config = LocalConfig(active=False, simulation=SimulationConfig(whales=plans, retail=0))
    async with LocalSandbox(config) as sandbox:
        chain = sandbox.chain
        nodes = {
            "RPC_URLS": f"{chain.rpc_url}/?api-key={PLANTED}",
            "WS_URLS": f"{chain.ws_url}/?api-key={PLANTED}",
        }
        processes = SystemProcesses(sandbox=sandbox, home=home, settings={**SETTINGS, **nodes})
        await processes.start()
        whole = _Whole(
            sandbox=sandbox, home=home, hurry=hurry, driver=ChatDriver(sandbox), processes=processes
        )
        try:
            yield whole
        except BaseException:
            print(last_output(home))
            raise
        finally:
            await processes.end()


def main() -> int:
    """Soak, and print the verdict; 1 when it is not clean."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak_system")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None, help="of the blows; printed")
    arguments = parser.parse_args()
    seed = random.randrange(10**6) if arguments.seed is None else arguments.seed
    random.seed(seed)
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="whale-soak-", ignore_cleanup_errors=True) as home:
        verdict = uvloop.run(soak(arguments.minutes * 60, Path(home)))
    print(verdict)
    print_figures("soak-system", {"seed": seed, **verdict.figures()})
    return 0 if verdict.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
