"""Loud accounts in groups and in private for two minutes: all others are answered as if they were not there.

A bot with its webhook, a dispatcher and two senders against a sandbox Telegram that enforces its limits, and
whose ledger knows each question of a bystander and each alert. `SOAK_SECONDS`: for how long, 120 unless set.
"""

import asyncio
import os
import random
import re
import sys
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import psutil
import uvloop

from bench.delivery_testbed import CHAIN, DeliveryTestbed, open_testbed, trade
from bench.figures import Figures, print_figures
from bench.programs import Program
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
COMMANDS_PER_SECOND = 1.4  # of each of them
BYSTANDERS = 12
ASK_SECONDS = 4.0  # each bystander asks once in this time
WALLETS = 50
ALERTS_PER_SECOND = 5.0
URGENT_EVERY = 3
FIRST_SLOT = 1_000
REPLY_SECONDS = 1.0
URGENT_SECONDS = 2.0
NORMAL_SECONDS = 5.0
RECOVERY_SECONDS = 2.0
REST_SECONDS = 90.0
MEMORY_MIB = 300
HELP = "Commands"  # so the reply to a bystander begins
PROGRAMS = ("bot", "dispatcher", "notifications", "notifications")
BYSTANDING = ("security-scan", "balance-check", "whale-search", "maintenance")  # their memory counts, too
STATES = "SELECT state, count(*) AS number FROM updates GROUP BY state"
RETRIED = "SELECT count(*) FROM updates WHERE attempts > 1"
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
    """Questions of bystanders without a reply, alerts without a message, updates that failed; all is sent."""
    repeated: int
    """Alerts that came twice."""
    retried: int
    """Updates that were not handled at the first attempt."""
    memory: Mapping[str, float]
    """The most that each program took, in MiB."""
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
        is_complete = self.limited > 0 and not self.missing and not self.repeated and not self.refused
        return in_time and is_complete and max(self.memory.values(), default=MEMORY_MIB) < MEMORY_MIB

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
            "repeated": self.repeated,
            "retried": self.retried,
            "refused": self.refused,
            **{f"{program}_mib": mib for program, mib in self.memory.items()},
        }

    def __str__(self) -> str:
        return (
            f"{self.commands} commands of loud accounts, {self.limited} beyond their shares\n"
            f"p99 of a bystander's reply {p99(self.replies):.2f} s ({len(self.replies)}), of an urgent alert"
            f" {p99(self.urgent):.2f} s ({len(self.urgent)}), of a normal one {p99(self.normal):.2f} s"
            f" ({len(self.normal)})\n"
            f"{RECOVERY_SECONDS:g} s after it: replies within {max(self.recovered, default=0.0):.2f} s;"
            f" nothing of it open after {self.drain:.0f} s;"
            f" lost {self.missing}, twice {self.repeated}, answers of 429: {self.refused}\n"
            f"memory at most, MiB: {', '.join(f'{name} {mib:.0f}' for name, mib in self.memory.items())}"
        )


def main() -> int:
    """Soak, and print the verdict; 1 when it is not clean."""
    verdict = uvloop.run(soak(float(os.environ.get("SOAK_SECONDS", "120"))))
    print(verdict)
    print_figures("soak-flood", verdict.figures())
    return 0 if verdict.is_clean else 1


async def soak(seconds: float, *, loud: int = LOUD, **more: str) -> Verdict:
    """Flood groups from so many accounts, and private chats; then see how soon all is as before."""
    port = free_port()
    settings = more | {
        "LOG_LEVEL": "error",
        "HOURLY_LIMITS": "free=0",
        "TELEGRAM_RATE": str(RATE),
        "PORT": str(port),
        "WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
        "WEBHOOK_SECRET": SECRET,
        "RPC_URLS": f"http://127.0.0.1:{free_port()}",
    }
    programs = PROGRAMS + (BYSTANDING if seconds > REST_SECONDS else ())  # not in the short form
    async with open_testbed(**settings) as testbed:
        followers = testbed.telegram.people.add_users(WALLETS)
        await testbed.database.execute(FOLLOW, followers, CHAIN, WALLETS, followers[0])
        soaking = _Soak(
            testbed=testbed,
            loud=testbed.telegram.people.add_users(2 * loud),
            bystanders=testbed.telegram.people.add_users(BYSTANDERS),
        )
        for number, name in enumerate(programs):
            program = await testbed.start(name, name=f"{name}-{number}", quiet=True)
            soaking.programs.append((name, program))
        try:
            await testbed.until_ready(len(programs))
            return await soaking.run(seconds)
        finally:
            for _, program in soaking.programs:
                program.terminate()
            await asyncio.gather(*(program.wait() for _, program in soaking.programs))


@dataclass(kw_only=True)
class _Soak:
    """What happens, and what is heard of it."""

    testbed: DeliveryTestbed
    loud: Sequence[int]
    bystanders: Sequence[int]
    programs: list[tuple[str, Program]] = field(default_factory=list)
    asked: dict[int, deque[float]] = field(default_factory=dict)
    """When each bystander asked what is not answered yet, in that order."""
    replies: list[tuple[float, float]] = field(default_factory=list)
    """When one asked that was answered, and the seconds that it took."""
    committed: dict[str, tuple[float, bool]] = field(default_factory=dict)
    """When an alert was, by the words that tell of its slot, and whether it is urgent."""
    alerts: dict[str, list[float]] = field(default_factory=dict)
    """Seconds until each copy of an alert, by the same words."""
    commands: int = 0
    memory: dict[str, float] = field(default_factory=dict)

    def hear(self, entry: Entry) -> None:
        """An entry of the ledger."""
        now = time.perf_counter()
        if entry.kind != "message":
            return
        text = entry.text or ""
        if (asked := self.asked.get(entry.chat_id or 0)) and text.startswith(HELP):
            at = asked.popleft()
            self.replies.append((at, now - at))
        for slot in re.findall(r"slot [\d,]+", text):
            if (alert := self.committed.get(slot)) is not None:
                self.alerts.setdefault(slot, []).append(now - alert[0])

    async def run(self, seconds: float) -> Verdict:
        """All of it."""
        people = self.testbed.telegram.people
        groups = [people.add_group(f"Group of {user}", {user: "creator"}) for user in self.loud[::2]]
        await self._until_greeted(len(groups))
        self.testbed.telegram.limit(FloodLimits())
        self.testbed.telegram.ledger.listen(self.hear)
        freeze_garbage()
        places = [MessageTarget(chat_id=group) for group in groups] + [MessageTarget()] * len(groups)
        end, stop = time.monotonic() + seconds, Stop()
        async with asyncio.TaskGroup() as group:
            for user, target in zip((*self.loud[::2], *self.loud[1::2]), places, strict=True):
                group.create_task(self._shout(user, target, end))
            for user in self.bystanders:
                group.create_task(self._ask(user, stop))
            group.create_task(self._alert(stop))
            group.create_task(self._watch_memory(stop))
            await asyncio.sleep(seconds)
            flooded = time.perf_counter()
            await asyncio.sleep(RECOVERY_SECONDS + ASK_SECONDS + REPLY_SECONDS)
            stop.set()
        drain = await self._until_drained(flooded)
        await self.testbed.until_sent(REST_SECONDS)
        return await self._verdict(flooded + RECOVERY_SECONDS, drain)

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
        asked = self.asked.setdefault(user, deque())
        while not stop.is_set():
            asked.append(time.perf_counter())
            self.testbed.telegram.people.send(user, "/help")
            await stop.sleep(ASK_SECONDS)

    async def _alert(self, stop: Stop) -> None:
        number = 0
        while await stop.sleep(1 / ALERTS_PER_SECOND):
            is_urgent = number % URGENT_EVERY == 0
            slot, kind = FIRST_SLOT + number, Kind.SELL if is_urgent else Kind.BUY
            activity = trade(slot, f"wallet-{number % WALLETS}", kind)
            self.committed[f"slot {slot:,}"] = time.perf_counter(), is_urgent
            await store(self.testbed.database, Batch(chain=CHAIN, activities=[activity]))
            self.committed[f"slot {slot:,}"] = time.perf_counter(), is_urgent
            await wake(self.testbed.redis, ALERTS_CHANNEL)
            number += 1

    async def _watch_memory(self, stop: Stop) -> None:
        while await stop.sleep(0.5):
            for name, program in self.programs:
                mib = psutil.Process(program.pid).memory_info().rss / 2**20
                self.memory[name] = max(self.memory.get(name, 0.0), mib)

    async def _until_drained(self, flooded: float) -> float:
        async with asyncio.timeout(REST_SECONDS):
            while await self.testbed.database.fetchval(OPEN):  # noqa: ASYNC110 - rows raise no events
                await asyncio.sleep(0.2)
        return time.perf_counter() - flooded

    async def _verdict(self, recovered_at: float, drain: float) -> Verdict:
        states = {row["state"]: row["number"] for row in await self.testbed.database.fetch(STATES)}
        unanswered = sum(map(len, self.asked.values()))
        return Verdict(
            commands=self.commands,
            limited=states.get("limited", 0),
            replies=[seconds for _, seconds in self.replies],
            urgent=self._alerts(is_urgent=True),
            normal=self._alerts(is_urgent=False),
            recovered=[seconds for at, seconds in self.replies if at >= recovered_at],
            drain=drain,
            missing=unanswered + len(self.committed.keys() - self.alerts.keys()) + states.get("failed", 0),
            repeated=sum(len(copies) - 1 for copies in self.alerts.values()),
            retried=int(await self.testbed.database.fetchval(RETRIED)),
            memory=self.memory,
            refused=self.testbed.telegram.refused,
        )

    def _alerts(self, *, is_urgent: bool) -> list[float]:
        """Seconds until the first copy of each."""
        return [copies[0] for slot, copies in self.alerts.items() if self.committed[slot][1] is is_urgent]


def p99(times: Sequence[float]) -> float:
    """The time that one in a hundred exceeds; without times endless."""
    return sorted(times)[int(0.99 * len(times))] if times else float("inf")


if __name__ == "__main__":
    sys.exit(main())
