"""Floods of other kinds than commands: what others wait for their replies, one kind after the other.

New accounts by the hundred, a group of many members, presses of buttons, scans of ever other mints, lists of
wallets, and texts as long as they may be. A bot with its webhook against a sandbox Telegram that enforces its
limits. `SOAK_SECONDS`: for how long each, 30 unless set; `FLOOD_KINDS`: some of them. The last line is JSON.
"""

import asyncio
import os
import random
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import MappingProxyType

import base58
import uvloop

from bench.delivery_testbed import DeliveryTestbed, open_testbed
from bench.figures import Figures, print_figures
from bench.soak_flood import ASK_SECONDS, HELP, RATE, REPLY_SECONDS, p99
from bench.webhook import SECRET, free_port
from runtime.processes.lifecycle import Stop, freeze_garbage
from sandbox.telegram import FloodLimits, MessageTarget
from sandbox.telegram.ledger import Entry

BYSTANDERS = 12
LOUD = 60
PER_SECOND = 80.0
"""Updates of the flood: more than a share of each of the loud."""
NEW_PER_SECOND = 40.0
"""Of new accounts, each of which asks three times."""
REST_SECONDS = 60.0
MAX_LENGTH = 4_096
ESTABLISHED = """
INSERT INTO chats (chat_id, created_at) SELECT unnest($1::bigint[]), now() - interval '30 days'
"""
OPEN = "SELECT count(*) FROM updates WHERE state IN ('new', 'working')"
FAILED = "SELECT count(*) FROM updates WHERE state = 'failed'"


@dataclass(kw_only=True)
class Flood:
    """People who ask now and then, and others who ask far too much."""

    testbed: DeliveryTestbed
    bystanders: list[int]
    loud: list[int]
    group: int
    buttons: Mapping[int, int] = field(default_factory=dict)
    """By person, the message whose button is pressed."""
    asked: dict[int, deque[float]] = field(default_factory=dict)
    replies: list[float] = field(default_factory=list)
    sent: int = 0

    def hear(self, entry: Entry) -> None:
        """An entry of the ledger."""
        waiting = self.asked.get(entry.chat_id or 0)
        if entry.kind == "message" and waiting and (entry.text or "").startswith(HELP):
            self.replies.append(time.perf_counter() - waiting.popleft())

    async def ask(self, user: int, stop: Stop) -> None:
        """One who asks now and then."""
        await stop.sleep(random.random() * ASK_SECONDS)
        while not stop.is_set():
            self.asked.setdefault(user, deque()).append(time.perf_counter())
            self.testbed.telegram.people.send(user, "/help")
            await stop.sleep(ASK_SECONDS)


Shout = Callable[[Flood, asyncio.TaskGroup], None]
"""One update of a flood."""


def _new_account(flood: Flood, _: asyncio.TaskGroup) -> None:
    people = flood.testbed.telegram.people
    if flood.sent % 3 == 0:
        flood.loud.append(people.add_users(1)[0])
    people.send(flood.loud[-1], ("/start", "/help", "/wallets")[flood.sent % 3])


def _member(flood: Flood, _: asyncio.TaskGroup) -> None:
    flood.testbed.telegram.people.send(random.choice(flood.loud), "/help", MessageTarget(chat_id=flood.group))


def _press(flood: Flood, tasks: asyncio.TaskGroup) -> None:
    user, message = random.choice([*flood.buttons.items()])
    tasks.create_task(_pressed(flood, user, message))


async def _pressed(flood: Flood, user: int, message: int) -> None:
    people = flood.testbed.telegram.people
    standing = people.room_of(user).messages[message]
    rows = standing.reply_markup.inline_keyboard if standing.reply_markup is not None else []
    data = [one.callback_data for row in rows for one in row if one.callback_data]
    if data:
        await people.press(user, message, random.choice(data), seconds=60)


def _scan(flood: Flood, _: asyncio.TaskGroup) -> None:
    flood.testbed.telegram.people.send(random.choice(flood.loud), f"/scan {_address()}")


def _lists(flood: Flood, _: asyncio.TaskGroup) -> None:
    lines = "\n".join(_address() for _ in range(80))
    flood.testbed.telegram.people.send(random.choice(flood.loud), f"/import\n{lines}")


def _long(flood: Flood, _: asyncio.TaskGroup) -> None:
    text = random.choice(
        ("🐳" * (MAX_LENGTH // 2), "/watch " + "@a " * 1_300, "<b>&" * 1_000, "/why " + "x" * 4_000)
    )
    flood.testbed.telegram.people.send(random.choice(flood.loud), text[:MAX_LENGTH])


def _address() -> str:
    return base58.b58encode(random.randbytes(32)).decode()


KINDS: Mapping[str, Shout] = MappingProxyType(
    {
        "new_accounts": _new_account,
        "one_group": _member,
        "presses": _press,
        "scans": _scan,
        "lists": _lists,
        "long_texts": _long,
    }
)


def main() -> int:
    """Play each kind; 1 if others waited, or something failed."""
    names = os.environ.get("FLOOD_KINDS", ",".join(KINDS)).split(",")
    figures, is_clean = uvloop.run(_all(names, float(os.environ.get("SOAK_SECONDS", "30"))))
    print_figures("flood-kinds", figures)
    return int(not is_clean)


async def _all(names: list[str], seconds: float) -> tuple[Figures, bool]:
    figures: Figures = {}
    for name in names:
        found = await play(name, seconds)
        print(name, found, flush=True)
        figures |= {f"{name}_{key}": value for key, value in found.items()}
    bad = [figures[f"{name}_{key}"] for name in names for key in ("missing", "failed")]
    slow = [figures[f"{name}_reply_p99_seconds"] for name in names]
    return figures, not any(bad) and max(slow) < REPLY_SECONDS


async def play(name: str, seconds: float) -> Figures:
    """One kind on fresh servers."""
    async with _running() as flood:
        await _prepare(flood, with_buttons=name == "presses")
        stop = Stop()
        flood.testbed.telegram.ledger.listen(flood.hear)
        freeze_garbage()
        async with asyncio.TaskGroup() as tasks:
            for user in flood.bystanders:
                tasks.create_task(flood.ask(user, stop))
            await stop.sleep(ASK_SECONDS)
            end = time.monotonic() + seconds
            pause = 1 / (NEW_PER_SECOND if KINDS[name] is _new_account else PER_SECOND)
            while time.monotonic() < end:
                KINDS[name](flood, tasks)
                flood.sent += 1
                await asyncio.sleep(pause)
            stop.set()
        drain = await _until(flood.testbed, OPEN, lambda number: number == 0)
        return {
            "updates": flood.sent,
            "replies": len(flood.replies),
            "reply_p99_seconds": p99(flood.replies),
            "reply_seconds": max(flood.replies, default=float("inf")),
            "drain_seconds": drain,
            "missing": sum(map(len, flood.asked.values())),
            "failed": await flood.testbed.database.fetchval(FAILED),
        }


async def _prepare(flood: Flood, *, with_buttons: bool) -> None:
    """Everybody has been there for a month; some have a message with buttons before them."""
    people, ledger = flood.testbed.telegram.people, flood.testbed.telegram.ledger
    await flood.testbed.database.execute(ESTABLISHED, [*flood.bystanders, *flood.loud])
    for user in [*flood.bystanders, *flood.loud]:
        people.send(user, "/settings" if with_buttons and user in flood.loud else "/start")
    expected = len(flood.bystanders) + len(flood.loud)
    async with asyncio.timeout(REST_SECONDS):
        while len({entry.chat_id for entry in ledger.messages() if (entry.chat_id or 0) > 0}) < expected:  # noqa: ASYNC110 - the ledger counts nothing
            await asyncio.sleep(0.1)
    await _until(flood.testbed, OPEN, lambda number: number == 0)
    if with_buttons:
        loud = set(flood.loud)
        flood.buttons = {
            entry.chat_id: entry.message_id
            for entry in ledger.messages()
            if entry.chat_id in loud and entry.message_id is not None
        }
    flood.testbed.telegram.limit(FloodLimits())


@asynccontextmanager
async def _running() -> AsyncIterator[Flood]:
    port = free_port()
    settings = {
        "LOG_LEVEL": "error",
        "TELEGRAM_RATE": str(RATE),
        "PORT": str(port),
        "WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
        "WEBHOOK_SECRET": SECRET,
        "RPC_URLS": f"http://127.0.0.1:{free_port()}",
        "REQUEST_BURST": "20",
    }
    async with open_testbed(**settings) as testbed:
        people = testbed.telegram.people
        loud = people.add_users(LOUD)
        program = await testbed.start("bot", name="bot-1", quiet=True)
        try:
            await testbed.until_ready(1)
            group = people.add_group("Many", {loud[0]: "creator", **dict.fromkeys(loud[1:], "member")})
            yield Flood(testbed=testbed, bystanders=people.add_users(BYSTANDERS), loud=loud, group=group)
        finally:
            program.terminate()
            await program.wait()


async def _until(testbed: DeliveryTestbed, query: str, holds: Callable[[int], bool]) -> float:
    """Seconds until what is asked for holds."""
    began = time.perf_counter()
    async with asyncio.timeout(REST_SECONDS):
        while not holds(await testbed.database.fetchval(query)):  # noqa: ASYNC110 - rows raise no events
            await asyncio.sleep(0.1)
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
