"""Loud accounts in groups and in private for two minutes: all others are answered as if they were not there.

A bot with its webhook, a dispatcher and two senders against a sandbox Telegram that enforces its limits, and
whose ledger is the judge. `SOAK_SECONDS` says for how long, 120 unless set. The last line is JSON.
"""

import asyncio
import os
import random
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import uvloop

from bench.delivery_testbed import CHAIN, DeliveryTestbed, open_testbed, trade
from bench.figures import Figures, print_figures
from bench.soak_delivery import FOLLOW
from bench.webhook import SECRET, free_port
from domain.activity.activity import Kind
from runtime.processes.lifecycle import Stop, freeze_garbage
from sandbox.telegram import FloodLimits, MessageTarget
from sandbox.telegram.ledger import Entry
from storage.coordination.wake_ups import wake
from storage.ingest.activities import Batch, store
from storage.keys import ALERTS_CHANNEL

RATE = 27
LOUD = 60
"""Accounts that flood groups, and as many others that flood their private chats."""
COMMANDS_PER_SECOND = 1.4
"""Of each of them."""
BYSTANDERS = 12
ASK_SECONDS = 4.0
"""Each bystander asks once in this time."""
WALLETS = 50
ALERTS_PER_SECOND = 5.0
URGENT_EVERY = 3
FIRST_SLOT = 1_000
REPLY_SECONDS = 1.0
URGENT_SECONDS = 2.0
NORMAL_SECONDS = 5.0
RECOVERY_SECONDS = 2.0
REST_SECONDS = 90.0
PROGRAMS = ("bot", "dispatcher", "notifications", "notifications")
STATES = "SELECT state, count(*) AS number FROM updates GROUP BY state"
OPEN = "SELECT count(*) FROM updates WHERE state IN ('new', 'working')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of it; times in seconds."""

    commands: int
    """Of the loud accounts."""
    limited: int
    """Of these, the ones that were stored and not handled."""
    replies: Sequence[float]
    """From a bystander's question to the reply."""
    urgent: Sequence[float]
    """From the commit of an alert to its acceptance."""
    normal: Sequence[float]
    recovered: Sequence[float]
    """Replies to bystanders who asked RECOVERY_SECONDS after the flood."""
    drain: float
    """From the end of the flood until nothing of it was open."""
    missing: int
    """Questions of bystanders without a reply, alerts without a message, updates that failed."""
    refused: int
    """Answers of 429."""

    @property
    def is_clean(self) -> bool:
        """Nobody else noticed, and nothing was lost."""
        in_time = (
            p99(self.replies) < REPLY_SECONDS
            and p99(self.urgent) < URGENT_SECONDS
            and p99(self.normal) < NORMAL_SECONDS
            and max(self.recovered, default=REPLY_SECONDS) < REPLY_SECONDS
        )
        return in_time and self.limited > 0 and not self.missing and not self.refused

    def figures(self) -> Figures:
        """By name."""
        return {
            "commands": self.commands,
            "limited": self.limited,
            "replies": len(self.replies),
            "reply_p99_seconds": p99(self.replies),
            "reply_seconds": max(self.replies, default=0.0),
            "urgent_p99_seconds": p99(self.urgent),
            "normal_p99_seconds": p99(self.normal),
            "recovered_seconds": max(self.recovered, default=0.0),
            "drain_seconds": self.drain,
            "missing": self.missing,
            "refused": self.refused,
        }

    def __str__(self) -> str:
        return (
            f"{self.commands} commands of {2 * LOUD} loud accounts, {self.limited} beyond their shares\n"
            f"p99 of a bystander's reply {p99(self.replies):.2f} s ({len(self.replies)}), of an urgent alert"
            f" {p99(self.urgent):.2f} s ({len(self.urgent)}), of a normal one {p99(self.normal):.2f} s"
            f" ({len(self.normal)})\n"
            f"{RECOVERY_SECONDS:g} s after it: replies within {max(self.recovered, default=0.0):.2f} s;"
            f" nothing of it open after {self.drain:.0f} s;"
            f" lost {self.missing}, answers of 429: {self.refused}"
        )


def main() -> int:
    """Soak, and print the verdict; 1 when it is not clean."""
    verdict = uvloop.run(soak(float(os.environ.get("SOAK_SECONDS", "120"))))
    print(verdict)
    print_figures("soak-flood", verdict.figures())
    return 0 if verdict.is_clean else 1


async def soak(seconds: float) -> Verdict:
    """Flood for so long; then see how soon all is as before."""
    port = free_port()
    settings = {
        "LOG_LEVEL": "error",
        "HOURLY_LIMITS": "free=0",
        "TELEGRAM_RATE": str(RATE),
        "PORT": str(port),
        "WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
        "WEBHOOK_SECRET": SECRET,
    }
    async with open_testbed(**settings) as testbed:
        followers = testbed.telegram.people.add_users(WALLETS)
        await testbed.database.execute(FOLLOW, followers, CHAIN, WALLETS, followers[0])
        soaking = _Soak(
            testbed=testbed,
            loud=testbed.telegram.people.add_users(2 * LOUD),
            bystanders=testbed.telegram.people.add_users(BYSTANDERS),
        )
        programs = [
            await testbed.start(name, name=f"{name}-{number}", quiet=True)
            for number, name in enumerate(PROGRAMS)
        ]
        try:
            await testbed.until_ready(len(programs))
            return await soaking.run(seconds)
        finally:
            for program in programs:
                program.terminate()
            for program in programs:
                await program.wait()


@dataclass(kw_only=True)
class _Soak:
    """What happens, and what is heard of it."""

    testbed: DeliveryTestbed
    loud: Sequence[int]
    bystanders: Sequence[int]
    asked: dict[int, float] = field(default_factory=dict)
    """When a bystander asked what is not answered yet."""
    replies: list[float] = field(default_factory=list)
    committed: dict[str, tuple[float, bool]] = field(default_factory=dict)
    """When an alert was, by the words that tell of its slot, and whether it is urgent."""
    alerts: dict[bool, list[float]] = field(default_factory=lambda: {True: [], False: []})
    """Seconds of the urgent ones and of the others."""
    commands: int = 0
    silent: int = 0
    """Questions of bystanders that were not answered before they asked again."""

    def hear(self, entry: Entry) -> None:
        """An entry of the ledger."""
        now = time.perf_counter()
        if entry.kind != "message":
            return
        if (at := self.asked.pop(entry.chat_id or 0, None)) is not None:
            self.replies.append(now - at)
        for slot in re.findall(r"slot [\d,]+", entry.text or ""):
            if (alert := self.committed.get(slot)) is not None:
                self.alerts[alert[1]].append(now - alert[0])

    async def run(self, seconds: float) -> Verdict:
        """All of it."""
        groups = [self._group(user) for user in self.loud[:LOUD]]
        await self._until_greeted(len(groups))
        self.testbed.telegram.limit(FloodLimits())
        self.testbed.telegram.ledger.listen(self.hear)
        freeze_garbage()
        places = [MessageTarget(chat_id=group) for group in groups] + [MessageTarget()] * LOUD
        end, stop = time.monotonic() + seconds, Stop()
        async with asyncio.TaskGroup() as group:
            for user, target in zip(self.loud, places, strict=True):
                group.create_task(self._shout(user, target, end))
            for user in self.bystanders:
                group.create_task(self._ask(user, stop))
            group.create_task(self._alert(stop))
            await asyncio.sleep(seconds)
            flooded = time.monotonic()
            await asyncio.sleep(RECOVERY_SECONDS)
            before = len(self.replies)
            await asyncio.sleep(ASK_SECONDS + REPLY_SECONDS)
            stop.set()
        drain = await self._until_drained(flooded)
        await self.testbed.until_sent(REST_SECONDS)
        return await self._verdict(self.replies[before:], drain)

    def _group(self, user: int) -> int:
        return self.testbed.telegram.people.add_group(f"Group of {user}", {user: "creator"})

    async def _until_greeted(self, number: int) -> None:
        async with asyncio.timeout(REST_SECONDS):
            while len(self.testbed.telegram.ledger.messages()) < number:  # noqa: ASYNC110 - the ledger counts nothing
                await asyncio.sleep(0.1)

    async def _shout(self, user: int, target: MessageTarget, end: float) -> None:
        await asyncio.sleep(random.random() / COMMANDS_PER_SECOND)
        while time.monotonic() < end:
            self.testbed.telegram.people.send(user, random.choice(("/help", "/wallets", "/rules")), target)
            self.commands += 1
            await asyncio.sleep(1 / COMMANDS_PER_SECOND)

    async def _ask(self, user: int, stop: Stop) -> None:
        await stop.sleep(random.random() * ASK_SECONDS)
        while not stop.is_set():
            self.silent += user in self.asked
            self.asked[user] = time.perf_counter()
            self.testbed.telegram.people.send(user, "/help")
            await stop.sleep(ASK_SECONDS)

    async def _alert(self, stop: Stop) -> None:
        number = 0
        while await stop.sleep(1 / ALERTS_PER_SECOND):
            is_urgent = number % URGENT_EVERY == 0
            slot, kind = FIRST_SLOT + number, Kind.SELL if is_urgent else Kind.BUY
            activity = trade(slot, f"wallet-{number % WALLETS}", kind)
            await store(self.testbed.database, Batch(chain=CHAIN, activities=[activity]))
            self.committed[f"slot {slot:,}"] = time.perf_counter(), is_urgent
            await wake(self.testbed.redis, ALERTS_CHANNEL)
            number += 1

    async def _until_drained(self, flooded: float) -> float:
        async with asyncio.timeout(REST_SECONDS):
            while await self.testbed.database.fetchval(OPEN):  # noqa: ASYNC110 - rows raise no events
                await asyncio.sleep(0.2)
        return time.monotonic() - flooded

    async def _verdict(self, recovered: Sequence[float], drain: float) -> Verdict:
        states = {row["state"]: row["number"] for row in await self.testbed.database.fetch(STATES)}
        sent = len(self.alerts[True]) + len(self.alerts[False])
        unanswered = self.silent + len(self.asked)
        return Verdict(
            commands=self.commands,
            limited=states.get("limited", 0),
            replies=self.replies,
            urgent=self.alerts[True],
            normal=self.alerts[False],
            recovered=recovered,
            drain=drain,
            missing=unanswered + abs(len(self.committed) - sent) + states.get("failed", 0),
            refused=self.testbed.telegram.refused,
        )


def p99(times: Sequence[float]) -> float:
    """The time that one in a hundred exceeds; without times endless."""
    return sorted(times)[int(0.99 * len(times))] if times else float("inf")


if __name__ == "__main__":
    sys.exit(main())
