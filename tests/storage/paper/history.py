"""Stored trades by chance, and what a plan makes of them by a computation apart."""

import time
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

from msgspec import structs

from domain.activity.activity import SOL, Activity, Kind, Leg, TradePrice
from domain.paper.fills import ShownPrice
from domain.paper.plan import Plan
from domain.paper.trades import SeenTrade
from storage.ingest.activities import Batch, store
from storage.paper.campaigns import NewCampaign, campaign_of, start_campaign
from storage.paper.clock import Snapshot, lock_clock, move_clock
from storage.postgres import Connection, Database
from tests.domain.paper.by_hand import by_hand
from tests.storage.sample_data import ALICE, CHAIN, MINT, WHALE

BEGIN = int(time.time()) // 3_600 * 3_600 - 6 * 3_600
"""Lately, since what is older than a day is taken for finished."""
SOL_LAMPORTS = 10**9
PLAN = Plan(size_sol=Decimal(1), wallets=frozenset({WHALE}), since=BEGIN)


def moment(seconds: int) -> datetime:
    """So long after the beginning."""
    return datetime.fromtimestamp(BEGIN + seconds, UTC)


def trade(
    number: int, price: str, *, at: int | None = None, is_sale: bool = False, **fields: Any
) -> Activity:
    """A trade of a token for SOL, by the whale where nobody else is named."""
    token = fields.pop("token", MINT)
    visible = TradePrice(
        token=token,
        quote=SOL,
        quote_decimals=9,
        fill=Decimal(price),
        liquidity_quote=fields.pop("depth", None),
        vault_quote=fields.pop("vault", None),
    )
    sol, tokens = Leg(mint=SOL, raw=10**9, decimals=9), Leg(mint=token, raw=10**6, decimals=5)
    known: dict[str, Any] = {
        "chain": CHAIN,
        "signature": f"signature-{number}",
        "slot": 100 + number,
        "block_time": BEGIN + (number if at is None else at),
        "wallet": WHALE,
        "kind": Kind.SELL if is_sale else Kind.BUY,
        "paid": (tokens if is_sale else sol,),
        "received": (sol if is_sale else tokens,),
        "price": visible,
        "fee": 5_000,
    }
    return Activity(**(known | fields))


def generated_activities(seed: int, number: int = 120) -> list[Activity]:
    """Trades of three wallets in three tokens, in the order of the chain; no price jumps: all is believed."""
    rng, at, found = Random(seed), 0, []
    for index in range(number):
        at += rng.choice((0, 1, 3, 20, 70))
        found.append(
            trade(
                index,
                str(Decimal(rng.randint(75, 150)) / 100),
                at=at,
                is_sale=rng.random() < 0.4,
                wallet=rng.choice((WHALE, "another", "a third")),
                token=f"t{rng.randint(0, 2)}",
                depth=rng.choice((None, rng.randint(10**9, 10**12))),
            )
        )
    return found


def plain(
    plan: Plan, activities: list[Activity], pauses: list[tuple[int, int]] | None = None
) -> dict[str, int]:
    """Return what a plan comes to, read from the activities and worked out apart."""
    seen = [
        _plain_trade(one)
        for one in sorted(activities, key=lambda one: (one.block_time, one.slot))
        if not any(begin <= (one.block_time or 0) < end for begin, end in pauses or [])
    ]
    return by_hand(plan, seen)


def _plain_trade(one: Activity) -> SeenTrade:
    assert one.price is not None
    token, is_sale = one.price.token, one.kind is Kind.SELL
    return SeenTrade(
        signature=one.signature,
        wallet=one.wallet,
        at=one.block_time or 0,
        buys=() if is_sale else (token,),
        sells=((token, Fraction(1)),) if is_sale else (),
        token=token,
        price=ShownPrice(
            lamports=Fraction(one.price.fill) * SOL_LAMPORTS, depth=one.price.liquidity_quote or None
        ),
        cost=one.fee + one.tip,
    )


async def stored(database: Database, activities: list[Activity]) -> None:
    """As a scanner stores them."""
    await store(database, Batch(chain=CHAIN, activities=activities))


async def set_clock(database: Database, seconds: int) -> None:
    """Let the chain's campaigns have seen all before that."""

    async def work(connection: Connection) -> None:
        await lock_clock(connection, CHAIN)
        await connection.execute("DELETE FROM campaign_looks")
        await move_clock(connection, CHAIN, moment(seconds), Snapshot(at=moment(seconds), seen="1:1:"))

    await database.transaction(work)


async def start(database: Database, plan: Plan = PLAN, *, limit: int = 10, **fields: Any) -> int | None:
    """Let Alice have a campaign."""
    known: dict[str, Any] = {
        "chat_id": ALICE,
        "topic_id": 0,
        "chain": CHAIN,
        "origin": f"origin {Random().random()}",
        "actor_id": ALICE,
    }
    return await start_campaign(database, NewCampaign(plan=plan, **(known | fields)), limit=limit)


async def result_of(database: Database, campaign_id: int | None) -> dict[str, int]:
    """Return what a campaign has come to, by the names of its result."""
    assert campaign_id is not None
    found = await campaign_of(database, campaign_id=campaign_id, chat_id=ALICE)
    assert found is not None
    return structs.asdict(found.result)
