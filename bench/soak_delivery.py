"""The delivery under fire: three senders, a dispatcher and both servers, killed at random.

The sandbox Telegram's ledger is the judge: lost must be 0, and twice only what was counted as doubtful.
`SOAK_SECONDS` says for how long, 600 unless set. The last line is JSON.
"""

import asyncio
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import uvloop

from bench.delivery_testbed import CHAIN, DeliveryTestbed, open_testbed, trade
from bench.delivery_verdict import Verdict
from bench.figures import Figures, print_figures
from bench.programs import Program
from domain.activity.activity import Activity, Kind
from domain.errors import Unavailable
from runtime.embedded.server import EmbeddedServer
from sandbox.telegram.faults import Fault, FaultKind
from storage.ingest.activities import Batch, store

SENDERS = 3
CHATS = 60
ALERTS_PER_SECOND = 12
LAST_SECONDS = 120.0
"""After the last kill everything must have arrived within this time; a lease lasts half a minute."""
FIRST_SLOT = 1_000
_SPREAD = (1.5, 4.0)
_PROGRAMS = ("dispatcher", *(f"notifications-{n}" for n in range(SENDERS)))


MAX_LOST_IN_A_ROW = 4
"""Answers that are lost one after the other: the repeat of the first, the probe's trial, and one more."""
FEW_LOST_IN_A_ROW = 2
"""The same in a hurry: after each the pause before the next trial may double."""
LOST_SPREAD = (3.0, 9.0)
"""Seconds from one row of lost answers to the next; without a rest it would be an outage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoakVerdict:
    """What came of a soak."""

    kills: Counter[str]
    lost_answers: int
    """Answers of Telegram that were dropped, in rows of up to MAX_LOST_IN_A_ROW."""
    arrived: Verdict

    @property
    def is_clean(self) -> bool:
        """Nothing lost, nothing twice that was not counted and marked, nothing three times."""
        bad = self.arrived.missing + self.arrived.unexplained + self.arrived.unmarked + self.arrived.third
        return self.arrived.deliveries > 0 and not bad

    def figures(self) -> Figures:
        """By name."""
        return {
            "deliveries": self.arrived.deliveries,
            "kills": self.kills.total(),
            "lost_answers": self.lost_answers,
            "missing": self.arrived.missing,
            "doubled": self.arrived.doubled,
            "unmarked": self.arrived.unmarked,
            "ambiguous": self.arrived.ambiguous,
            "unexplained": self.arrived.unexplained,
            "unconfirmed": self.arrived.unconfirmed,
        }

    def __str__(self) -> str:
        kills = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        return f"kills: {kills or 'none'}; lost answers: {self.lost_answers}\n{self.arrived}"


def main() -> int:
    """Soak, and print the verdict; 1 when it is not clean."""
    verdict = uvloop.run(soak(float(os.environ.get("SOAK_SECONDS", "600"))))
    print(verdict)
    print_figures("soak-delivery", verdict.figures())
    return 0 if verdict.is_clean else 1


async def soak(seconds: float, *, hurry: bool = False) -> SoakVerdict:
    """Let alerts happen and things die for this long; then let it come to rest.

    Args:
        seconds: how long.
        hurry: end the leases of the dead at the end instead of waiting for it.
    """
    async with _open_soak() as soak:
        end = time.monotonic() + seconds
        async with asyncio.TaskGroup() as group:
            group.create_task(soak.happen(end))
            group.create_task(soak.kill(end))
            group.create_task(soak.lose_answers(end, FEW_LOST_IN_A_ROW if hurry else MAX_LOST_IN_A_ROW))
        await soak.come_to_rest(hurry=hurry)
        return await soak.verdict()


@dataclass(kw_only=True)
class _Soak:
    """Servers, programs and the town's people."""

    testbed: DeliveryTestbed
    chats: list[int] = field(default_factory=list)
    programs: dict[str, Program] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)
    lost_answers: int = 0

    async def start(self, name: str) -> None:
        self.programs[name] = await self.testbed.start(name.partition("-")[0], name=name, quiet=True)

    async def happen(self, end: float) -> None:
        """Alerts, each of one chat's own whale; what cannot be stored in its time is stored later."""
        began, stored, due = time.monotonic(), 0, 0
        while stored < due or time.monotonic() < end:
            due = int((min(time.monotonic(), end) - began) * ALERTS_PER_SECOND)
            activities = [_activity(number) for number in range(stored, due)]
            with suppress(Unavailable):
                await store(self.testbed.database, Batch(chain=CHAIN, activities=activities))
                stored = due
            await asyncio.sleep(1 / ALERTS_PER_SECOND)

    async def kill(self, end: float) -> None:
        """One at a time, each started again at once."""
        while time.monotonic() < end - _SPREAD[1]:
            await asyncio.sleep(random.uniform(*_SPREAD))
            victim = random.choice([*_PROGRAMS, *_PROGRAMS, "postgres", "valkey"])
            self.kills[victim.partition("-")[0]] += 1
            if victim in self.programs:
                await self._kill_program(victim)
            else:
                await self._kill_server(self.testbed.valkey if victim == "valkey" else self.testbed.postgres)

    async def _kill_program(self, name: str) -> None:
        process = self.programs[name]
        if process.returncode is None:
            process.kill()
        await process.wait()
        await self.start(name)

    async def _kill_server(self, server: EmbeddedServer) -> None:
        if server.pid is not None:
            os.kill(server.pid, signal.SIGKILL)
            await server.died()
        await server.start()

    async def lose_answers(self, end: float, limit: int) -> None:
        """Now and then several answers of Telegram in a row do not arrive."""
        faults = self.testbed.telegram.faults
        while time.monotonic() < end:
            if not faults.active():
                number = random.randint(1, limit)
                faults.add(Fault(fault=FaultKind.DROP_ANSWER, method="sendMessage", times=number))
                self.lost_answers += number
            await asyncio.sleep(min(random.uniform(*LOST_SPREAD), max(0.0, end - time.monotonic())))

    async def come_to_rest(self, *, hurry: bool) -> None:
        """Wait until nothing is open any more; answers arrive again."""
        self.testbed.telegram.faults.clear()
        for name, process in [*self.programs.items()]:
            if process.returncode is not None:
                await self.start(name)
        if hurry:
            await self._hurry()
        await self.testbed.until_sent(LAST_SECONDS)

    async def _hurry(self) -> None:
        """All end gently, so that every lease left is one of the dead; then they start again."""
        await self.end()
        await self.testbed.database.execute(
            "UPDATE deliveries SET lease_until = now() - interval '1 s' WHERE lease_owner IS NOT NULL"
        )
        await asyncio.gather(*(self.start(name) for name in _PROGRAMS))

    async def verdict(self) -> SoakVerdict:
        """Return what the ledger says of what was stored."""
        arrived = await self.testbed.verdict()
        return SoakVerdict(kills=self.kills, lost_answers=self.lost_answers, arrived=arrived)

    async def end(self) -> None:
        """End the programs."""
        for process in self.programs.values():
            if process.returncode is None:
                process.terminate()
        for process in self.programs.values():
            await process.wait()


def _activity(number: int) -> Activity:
    kind = Kind.SELL if number % 7 == 0 else Kind.BUY
    return trade(FIRST_SLOT + number, f"wallet-{number % CHATS}", kind)


# Each whale does more than a hundred things an hour; beyond that a chat would get them at its end.
FOLLOW = """
WITH people AS (INSERT INTO chats (chat_id, settings) SELECT unnest($1::bigint[]), '{"busy_above": 0}'
                RETURNING chat_id),
     whales AS (INSERT INTO wallets (chain, address)
                SELECT $2, 'wallet-' || n FROM generate_series(0, $3::int - 1) AS n
                RETURNING wallet_id, address)
INSERT INTO watches (chat_id, wallet_id, created_at)
SELECT chat_id, wallet_id, '2020-01-01'
FROM people JOIN whales ON address = 'wallet-' || (chat_id - $4::bigint)
"""


@asynccontextmanager
async def _open_soak() -> AsyncIterator[_Soak]:
    async with open_testbed(LOG_LEVEL="error", HOURLY_LIMITS="free=0") as testbed:
        chats = testbed.telegram.people.add_users(CHATS)
        await testbed.database.execute(FOLLOW, chats, CHAIN, CHATS, chats[0])
        soak = _Soak(testbed=testbed, chats=chats)
        try:
            await asyncio.gather(*(soak.start(name) for name in _PROGRAMS))
            yield soak
        finally:
            await soak.end()


if __name__ == "__main__":
    sys.exit(main())
