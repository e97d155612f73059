"""How long the first message of an alert takes with prices, beside the same without: by turns, in one run.

The fan-out runs here, the sender in a process of its own, against the sandbox's Telegram. Without prices
means that nothing is looked up, worked out or stored of what an event was worth. The last line is JSON.
"""

import asyncio
import statistics
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import uvloop
from msgspec import structs

from bench.delivery import FIRST_SLOT, populate
from bench.delivery_testbed import CHAIN, MINT, DeliveryTestbed, open_testbed, trade
from bench.figures import Figures, print_figures
from domain.activity.activity import SOL, Activity, TradePrice
from domain.activity.prices import NO_MARKET, MarketFacts, ReadPrice
from domain.alerts.kinds import AlertKind
from domain.rules.gates import Decision, Gate
from domain.rules.rules import Watch
from sandbox.telegram.ledger import Entry
from storage.coordination.wake_ups import wake
from storage.delivery import event_facts
from storage.delivery.event_facts import EventFacts
from storage.delivery.fan_out import fan_out_next
from storage.delivery.open_alerts import Alert
from storage.ingest.activities import Batch, store
from storage.keys import DELIVERIES_CHANNEL
from storage.market.dollars import note_published
from storage.market.holdings import add_to_holdings
from storage.market.tokens import Token, save_tokens
from storage.postgres import Connection

PAIRS, WARM_PAIRS = 150, 30
FOLLOWERS = 10
"""Of each wallet; every event is of another wallet, so that no chat waits for its next message."""
EVENTS = 2 * (PAIRS + WARM_PAIRS)
MAX_RATIO = 1.05


def main() -> int:
    """Measure and print; 1 if prices cost more than they may."""
    figures = uvloop.run(_measure())
    print(
        f"\nto the first message: {figures['with_ms']:.2f} ms with prices, {figures['without_ms']:.2f} ms"
        f" without; {figures['ratio']:.3f} times as long"
    )
    print_figures("first-message", figures)
    return int(figures["ratio"] > MAX_RATIO)


async def _measure() -> Figures:
    priced = event_facts.EVENT_FACTS
    unpriced = {**priced, AlertKind.ACTIVITY: _without_prices(priced[AlertKind.ACTIVITY])}
    times: dict[bool, list[float]] = {True: [], False: []}
    async with open_testbed(TELEGRAM_RATE="1000") as testbed:
        await _prepare(testbed)
        sender = await testbed.start("notifications", name="sender")
        await testbed.until_ready(1)
        for number in range(EVENTS):
            with_prices = number % 4 in {0, 3}
            _use(priced if with_prices else unpriced)
            seconds = await _first_message(testbed, number)
            if number >= 2 * WARM_PAIRS:
                times[with_prices].append(seconds)
        _use(priced)
        sender.terminate()
        await sender.wait()
    return _figures(times)


def _figures(times: Mapping[bool, Sequence[float]]) -> Figures:
    """The medians of both, and the median of what each pair took."""
    pairs = zip(times[True], times[False], strict=True)
    return {
        "with_ms": 1000 * statistics.median(times[True]),
        "without_ms": 1000 * statistics.median(times[False]),
        "ratio": statistics.median(ours / theirs for ours, theirs in pairs),
        "pairs": len(times[True]),
    }


def _use(facts: Mapping[AlertKind, EventFacts[Activity]]) -> None:
    event_facts.EVENT_FACTS = facts


def _without_prices(facts: EventFacts[Activity]) -> EventFacts[Activity]:
    return EventFacts(facts=facts.facts, learn=_holdings, markets=_no_markets, outcomes=facts.outcomes)


async def _holdings(connection: Connection, new: Sequence[tuple[int, Alert, Activity]]) -> None:
    await add_to_holdings(connection, [(wallet_id, activity) for wallet_id, _, activity in new])


async def _no_markets(_: Connection, events: Sequence[tuple[Activity, datetime]]) -> list[MarketFacts]:
    return [NO_MARKET for _ in events]


async def _prepare(testbed: DeliveryTestbed) -> None:
    """Followers, what SOL costs, and what is known of the token."""
    await populate(testbed, FOLLOWERS * EVENTS, EVENTS)
    sol = ReadPrice(mint=SOL, usd=Decimal(200), published_at=int(time.time()) - 5, is_certain=True)
    await note_published(testbed.database, chain=CHAIN, prices=[sol])
    token = Token(chain=CHAIN, mint=MINT, symbol="WIF", name="dogwifhat", decimals=6, supply=10**15)
    await save_tokens(testbed.database, [token])


def _wanted(_: Watch, __: Alert) -> Decision:
    return Decision(gate=Gate.WANTED)


async def _first_message(testbed: DeliveryTestbed, number: int) -> float:
    """Seconds from the commit of an event to the first message about it that Telegram took."""
    price = TradePrice(
        token=MINT,
        quote=SOL,
        quote_decimals=9,
        fill=Decimal("0.002192"),
        spot=Decimal("0.0022"),
        impact=Decimal("0.003"),
        liquidity_quote=11_000 * 10**9,
        pool="pool",
    )
    event = structs.replace(
        trade(FIRST_SLOT + number, f"wallet-{number}"),
        price=price,
        token_before=0,
        token_after=38_410_250_000,
    )
    heard, sent = asyncio.Event(), 0

    def hear(entry: Entry) -> None:
        nonlocal sent
        if entry.kind == "message" and f"{FIRST_SLOT + number:,}" in (entry.text or ""):
            sent += 1
            times.append(time.perf_counter())
            if sent == FOLLOWERS:
                heard.set()

    times: list[float] = []
    testbed.telegram.ledger.listen(hear)
    await store(testbed.database, Batch(chain=CHAIN, activities=[event]))
    begun = time.perf_counter()
    while await fan_out_next(testbed.database, _wanted) is not None:
        await wake(testbed.redis, DELIVERIES_CHANNEL)
    async with asyncio.timeout(20):
        await heard.wait()
    return times[0] - begun
