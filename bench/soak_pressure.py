"""Ten times the allowed rate for ten minutes: what is urgent arrives at once, and nothing is lost.

A dispatcher and three senders against a sandbox Telegram that enforces its limits, whose ledger is the judge.
`SOAK_SECONDS` says for how long, 600 unless set. The last line is JSON.
"""

import asyncio
import os
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
import uvloop

from bench.delivery_testbed import CHAIN, DeliveryTestbed, open_testbed, trade
from bench.figures import Figures, print_figures
from domain.activity.activity import Kind
from domain.delivery.results import SendStatus
from domain.patterns.found import Pattern, PatternSettings
from domain.rules.lanes import Lane
from domain.rules.rules import ChatSettings
from messaging.sending.rate_limiter import Limiter
from messaging.telegram.methods import Message, Methods
from messaging.telegram.texts.group import events_of
from runtime.processes.lifecycle import Stop, freeze_garbage
from sandbox.telegram import FloodLimits
from sandbox.telegram.ledger import Entry
from storage.coordination.limits import Limits
from storage.coordination.wake_ups import wake
from storage.ingest.activities import Batch, store
from storage.keys import ALERTS_CHANNEL

RATE = 27
TIMES = 10
"""As much more than the rate happens."""
SENDERS = 3
CHATS = 2_000
WALLETS = 50
"""Each followed by as many chats as the others."""
EXIT_WALLETS = 10
EXIT_FOLLOWERS = 5
"""Chats that follow a wallet which sells now and then."""
EXIT_SECONDS = 2.5
URGENT_SECONDS = 5.0
REPLY_SECONDS = 1.0
FIRST_SLOT = 1_000
FIRST_EXIT = 900_000_000
REST_SECONDS = 300.0
"""After the last alert everything must have arrived within this time."""

SETTINGS = msgspec.json.encode(ChatSettings(patterns=PatternSettings(off=frozenset(Pattern)))).decode()
# Patterns are off: a wallet that bought five times within the soak would bring a message about no slot.
FOLLOW = """
WITH people AS (INSERT INTO chats (chat_id, settings) SELECT unnest($1::bigint[]), $7::text::jsonb
                RETURNING chat_id),
     whales AS (INSERT INTO wallets (chain, address)
                SELECT $2, kind || n FROM (VALUES ('wallet-', $3::int), ('exit-', $4::int)) AS of (kind, many)
                CROSS JOIN LATERAL generate_series(0, many - 1) AS n
                RETURNING wallet_id, address)
INSERT INTO watches (chat_id, wallet_id, created_at)
SELECT chat_id, wallet_id, '2020-01-01' FROM people JOIN whales
  ON address = 'wallet-' || ((chat_id - $5::bigint) % $3)
  OR (address = 'exit-' || ((chat_id - $5::bigint) % $4) AND chat_id - $5::bigint < $4 * $6::int)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of it; times in seconds."""

    seconds: float
    deliveries: int
    messages: int
    unsent: int
    miscounted: int
    """Messages that tell of more or fewer events than deliveries were folded into them."""
    urgent: Sequence[float]
    """From the commit of an exit to its acceptance, for each chat."""
    urgent_due: int
    """So many there should be."""
    replies: Sequence[float]
    """From a reply wanted to its acceptance."""
    unanswered: int
    """Replies that were not accepted."""
    refused: int
    """Answers of 429."""

    @property
    def times(self) -> float:
        """As much more than the rate happened."""
        return self.deliveries / self.seconds / RATE

    @property
    def is_clean(self) -> bool:
        """Nothing lost or told twice under that pressure, no 429, and each urgent one told within 5 s."""
        wrong = self.unsent or self.miscounted or self.refused or self.unanswered
        in_time = sum(seconds < URGENT_SECONDS for seconds in self.urgent)
        return not wrong and self.times > 0.9 * TIMES and 0 < in_time == self.urgent_due

    def figures(self) -> Figures:
        """By name; times are the longest."""
        return {
            "deliveries": self.deliveries,
            "messages": self.messages,
            "times_the_rate": self.times,
            "unsent": self.unsent,
            "miscounted": self.miscounted,
            "refused": self.refused,
            "unanswered": self.unanswered,
            "urgent_seconds": max(self.urgent, default=0.0),
            "reply_seconds": max(self.replies, default=0.0),
        }

    def __str__(self) -> str:
        return (
            f"{self.deliveries} deliveries in {self.seconds:.0f} s, {self.times:.1f} times {RATE} a second,"
            f" told in {self.messages} messages; not sent {self.unsent}, miscounted {self.miscounted},"
            f" answers of 429: {self.refused}\n"
            f"urgent, of {self.urgent_due}: {_spread(self.urgent)}\n"
            f"replies, {self.unanswered} not accepted: {_spread(self.replies)}"
        )


def main() -> int:
    """Soak, and print the verdict; 1 when it is not clean."""
    verdict = uvloop.run(soak(float(os.environ.get("SOAK_SECONDS", "600"))))
    print(verdict)
    print_figures("soak-pressure", verdict.figures())
    return 0 if verdict.is_clean else 1


async def soak(seconds: float, *, chats: int = CHATS) -> Verdict:
    """Let ten times too much happen for this long; then let it come to rest."""
    async with open_testbed(LOG_LEVEL="error", HOURLY_LIMITS="free=0", TELEGRAM_RATE=str(RATE)) as testbed:
        *people, asker = testbed.telegram.people.add_users(chats + 1)
        await testbed.database.execute(
            FOLLOW, people, CHAIN, WALLETS, EXIT_WALLETS, people[0], EXIT_FOLLOWERS, SETTINGS
        )
        freeze_garbage()
        testbed.telegram.limit(FloodLimits())
        soaking = _Soak(testbed=testbed, every=chats / WALLETS / (RATE * TIMES))
        testbed.telegram.ledger.listen(soaking.hear)
        names = ["dispatcher", *["notifications"] * SENDERS]
        programs = [
            await testbed.start(name, name=f"{name}-{number}", quiet=True)
            for number, name in enumerate(names)
        ]
        try:
            await testbed.until_ready(len(programs))
            return await soaking.run(seconds, asker)
        finally:
            for program in programs:
                program.terminate()
            for program in programs:
                await program.wait()


@dataclass(kw_only=True)
class _Soak:
    """What happens, and what is heard of it."""

    testbed: DeliveryTestbed
    every: float
    """Seconds from alert to alert."""
    sent: Counter[tuple[int, int]] = field(default_factory=Counter)
    """Events by chat and message."""
    committed: dict[str, float] = field(default_factory=dict)
    """When an exit was, by the words that tell of its slot."""
    urgent: list[float] = field(default_factory=list)
    replies: list[float] = field(default_factory=list)
    unanswered: int = 0

    def hear(self, entry: Entry) -> None:
        """An entry of the ledger."""
        text = entry.text or ""
        if entry.kind != "message" or entry.chat_id is None or entry.message_id is None or "slot" not in text:
            return
        self.sent[entry.chat_id, entry.message_id] = events_sent(text)
        for slot in re.findall(r"slot [\d,]+", text):
            if (at := self.committed.get(slot)) is not None:
                self.urgent.append(time.perf_counter() - at)

    async def run(self, seconds: float, asker: int) -> Verdict:
        """All of it."""
        began = time.monotonic()
        end, stop = began + seconds, Stop()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._happen(end))
            group.create_task(self._exit(end))
            talk = group.create_task(self._talk(asker, stop))
            await asyncio.sleep(seconds)
            stop.set()
            await talk
        spent = time.monotonic() - began
        await self.testbed.until_sent(REST_SECONDS)
        return await self._verdict(spent)

    async def _happen(self, end: float) -> None:
        number, due = 0, time.monotonic()
        while due < end:
            activities = []
            while due <= min(time.monotonic(), end):  # all that is due, so that a slow machine keeps the pace
                activities.append(trade(FIRST_SLOT + number, f"wallet-{number % WALLETS}"))
                number, due = number + 1, due + self.every
            await store(self.testbed.database, Batch(chain=CHAIN, activities=activities))
            await wake(self.testbed.redis, ALERTS_CHANNEL)
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def _exit(self, end: float) -> None:
        number = 0
        while time.monotonic() < end - EXIT_SECONDS:
            await asyncio.sleep(EXIT_SECONDS)
            slot = FIRST_EXIT + number
            activity = trade(slot, f"exit-{number % EXIT_WALLETS}", Kind.SELL)
            await store(self.testbed.database, Batch(chain=CHAIN, activities=[activity]))
            self.committed[f"slot {slot:,}"] = time.perf_counter()
            await wake(self.testbed.redis, ALERTS_CHANNEL)
            number += 1

    async def _talk(self, chat_id: int, stop: Stop) -> None:
        """Somebody asks the bot something, repeatedly."""
        limiter = Limiter(Limits(self.testbed.redis), rate=RATE)
        methods = Methods(self.testbed.telegram.token, self.testbed.telegram.url)
        await methods.open()
        try:
            while await stop.sleep(REPLY_SECONDS):
                began = time.perf_counter()
                admitted = await limiter.admit(chat_id, patience=5.0, lane=Lane.REPLIES) == 0.0
                message = Message(chat_id=chat_id, text="a reply")
                if admitted and (await methods.send(message)).status is SendStatus.ACCEPTED:
                    self.replies.append(time.perf_counter() - began)
                else:
                    self.unanswered += 1
        finally:
            await methods.close()

    async def _verdict(self, seconds: float) -> Verdict:
        rows = await self.testbed.database.fetch(
            "SELECT chat_id, message_id, state, count(*) AS number FROM deliveries"
            " JOIN alerts USING (alert_id) WHERE alerts.kind = 'activity' GROUP BY 1, 2, 3"
        )
        sent = {(row["chat_id"], row["message_id"]): row["number"] for row in rows if row["state"] == "sent"}
        return Verdict(
            seconds=seconds,
            deliveries=sum(row["number"] for row in rows),
            messages=len(self.sent),
            unsent=sum(row["number"] for row in rows if row["state"] != "sent"),
            miscounted=sum(sent.get(key) != self.sent.get(key) for key in sent.keys() | self.sent.keys()),
            urgent=self.urgent,
            urgent_due=len(self.committed) * EXIT_FOLLOWERS,
            replies=self.replies,
            unanswered=self.unanswered,
            refused=self.testbed.telegram.refused,
        )


def events_sent(text: str) -> int:
    """Return how many events a message tells of, one by one or in its summary."""
    summary = text.partition("\n\nAnd ")[2]
    summed = (int(one or rest) for one, rest in re.findall(r"(\d+) ×|and (\d+) more", summary))
    return len(events_of(text)) + sum(summed)


def _spread(times: Sequence[float]) -> str:
    ordered = sorted(times)
    if not ordered:
        return "none"
    half, p99 = statistics.median(ordered), ordered[int(0.99 * len(ordered))]
    return f"{len(ordered)}, p50 {half:.2f} s, p99 {p99:.2f} s, longest {ordered[-1]:.2f} s"


if __name__ == "__main__":
    sys.exit(main())
