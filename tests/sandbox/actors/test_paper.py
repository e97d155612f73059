"""Paper campaigns over a simulation that real programs execute: command, stored campaigns, and a truth apart.

The truth is read from the balances of blocks and from what the simulation says it did, and folded by hand.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from io import BytesIO, StringIO
from random import Random

import msgspec
import pytest
from msgspec import structs

from chain.cli.decode import decoded_rows
from chain.cli.paper import paper
from chain.cli.streams import StandardStreams
from chain.decoders.activities import activities
from chain.market.trade_price import with_prices
from domain.activity.activity import SOL, Activity, Kind
from domain.activity.amounts import ratio
from domain.activity.prices import DOLLAR_MINTS
from domain.paper.fills import ShownPrice
from domain.paper.plan import Plan
from domain.paper.trades import SeenTrade
from sandbox.actors.config import SimulationConfig, Timing
from sandbox.actors.operations import Operation
from sandbox.chain.transactions.landed import LandedTransaction
from storage.ingest.activities import Batch, store
from storage.paper.advance import advance_campaigns, read_stored_next
from storage.postgres import Database, open_database
from tests.domain.paper.by_hand import by_hand
from tests.sandbox.actors.running import RunningSimulation, build_running, transactions
from tests.sandbox.actors.truth import by_signature, deltas, outcome_of, rows_of
from tests.storage.paper.history import BEGIN, moment, result_of, set_clock, start
from tests.storage.sample_data import ALICE, CHAIN, follow

BUSY = Timing(first_within=1, min_interval=1, max_interval=4, spam=3, volume=0)
SLOTS = 120
MONEY = {SOL, *DOLLAR_MINTS}
TRADES = {Kind.BUY, Kind.SELL, Kind.SWAP}
PLAN = Plan(
    size_sol=Decimal("0.5"),
    delay_s=3,
    fee_bps=100,
    take_profit_pct=Decimal(5),
    stop_pct=Decimal(10),
    max_open=4,
    since=BEGIN,
)


@dataclass(frozen=True)
class Traded:
    """What whales did in a simulation: as its blocks are read, and in truth."""

    wallets: frozenset[str]
    lines: bytes
    activities: list[Activity]
    truth: list[SeenTrade]


@pytest.fixture(scope="module")
def traded() -> Traded:
    running = build_running(SimulationConfig(timing=BUSY))
    running.run(SLOTS)
    wallets = frozenset(whale.address for whale in running.simulation.whales)
    first = running.blocks[0].slot
    recorded = by_signature(running.blocks)
    decoded: list[Activity] = []
    lines: list[bytes] = []
    for transaction in transactions(running, "json"):
        one = recorded[transaction.signature]
        at = BEGIN + one.slot - first
        found = with_prices(transaction, activities(transaction, chain=CHAIN, wallets=wallets))
        decoded += [structs.replace(activity, block_time=at, position=one.index) for activity in found]
        lines += [
            msgspec.json.encode(structs.replace(row, slot=one.slot, block_time=at, position=one.index))
            for row in decoded_rows(transaction, sorted(wallets))
        ]
    Random(1).shuffle(lines)
    return Traded(wallets, b"\n".join(lines), decoded, truth_of(running, wallets, first))


def truth_of(running: RunningSimulation, wallets: frozenset[str], first: int) -> list[SeenTrade]:
    recorded = by_signature(running.blocks)
    found = []
    for operation in running.simulation.journal:
        if operation.wallet in wallets and operation.kind in TRADES and not operation.failed:
            one = recorded[operation.signature]
            found.append((one.slot, one.index, operation.wallet, one, operation))
    found.sort(key=lambda one: one[:3])
    return [seen(one, operation, BEGIN + slot - first) for slot, _, _, one, operation in found]


def seen(one: LandedTransaction, operation: Operation, at: int) -> SeenTrade:
    wallet, moved = operation.wallet, deltas(one, operation.wallet)
    got = [mint for mint, raw in moved.items() if raw > 0 and mint not in MONEY]
    gave = [mint for mint, raw in moved.items() if raw < 0 and mint not in MONEY]
    token = next(iter((*got, *gave)))
    price = None
    if set(moved) == {SOL, token}:
        (leg,) = [leg for leg in (*operation.paid, *operation.received) if leg.mint == token]
        unit = 10 ** (leg.decimals or 0)
        whole = Fraction(abs(moved[SOL]), 10**9) / Fraction(abs(moved[token]), unit)
        price = ShownPrice(lamports=Fraction(ratio(whole)) * 10**9)
    return SeenTrade(
        signature=operation.signature,
        wallet=wallet,
        at=at,
        buys=tuple(got),
        sells=tuple((mint, share(one, wallet, mint, -moved[mint])) for mint in gave),
        token=token,
        price=price,
        cost=outcome_of(one).fee if one.keys[0] == wallet else 0,
    )


def share(one: LandedTransaction, wallet: str, mint: str, given: int) -> Fraction:
    before = sum(
        int(row["uiTokenAmount"]["amount"])
        for sign, row in rows_of(outcome_of(one))
        if sign < 0 and row["owner"] == wallet and row["mint"] == mint
    )
    return min(Fraction(1), Fraction(given, before)) if before else Fraction(1)


def plans(traded: Traded) -> list[Plan]:
    """Of each whale, and of all together."""
    wallets = sorted(traded.wallets)
    return [structs.replace(PLAN, wallets=frozenset(some)) for some in (*([one] for one in wallets), wallets)]


def test_the_command_comes_to_the_truth_over_a_simulation(traded: Traded) -> None:
    sales = 0
    for plan in plans(traded):
        streams = StandardStreams(stdin=BytesIO(traded.lines), stdout=BytesIO(), stderr=StringIO())
        assert paper("-", plan, streams) == 0
        assert isinstance(streams.stdout, BytesIO)
        found = msgspec.json.decode(streams.stdout.getvalue().splitlines()[-1])
        assert {key.removesuffix("_sol"): value for key, value in found.items()} == by_hand(
            plan, traded.truth
        )
        sales += found["trades"]
    assert sales > 10


@pytest.mark.services
async def test_campaigns_live_and_over_history_come_to_the_truth_over_a_simulation(
    traded: Traded, postgres_url: str
) -> None:
    database = await open_database(postgres_url, max_size=4)
    try:
        await _follow_all(database, traded)
    finally:
        await database.close()


async def _follow_all(database: Database, traded: Traded) -> None:
    await follow(database, ALICE)
    await set_clock(database, 0)
    live = {await start(database, plan, limit=99): plan for plan in plans(traded)}
    while await read_stored_next(database, chain=CHAIN):
        pass
    rng, left = Random(2), sorted(traded.activities, key=lambda one: one.block_time or 0)
    while left:
        part, left = left[: (size := rng.randint(20, 80))], left[size:]
        await store(database, Batch(chain=CHAIN, activities=part))
        until = left[0].block_time if left else BEGIN + SLOTS + 60
        horizon = datetime.fromtimestamp(until or 0, UTC)
        while await advance_campaigns(database, chain=CHAIN, horizon=horizon):
            pass
    over_history = {await start(database, plan, limit=99): plan for plan in plans(traded)}
    while await read_stored_next(database, chain=CHAIN):
        pass
    sales = 0
    for campaign_id, plan in (live | over_history).items():
        result = await result_of(database, campaign_id)
        assert result == by_hand(plan, traded.truth)
        sales += result["trades"]
    assert sales > 20
    assert await database.fetchval("SELECT seen_until FROM campaign_clocks") == moment(SLOTS + 60)
