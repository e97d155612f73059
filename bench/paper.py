"""What a thousand paper campaigns cost: processor time for each second of trade.

Each follows another wallet; all wallets trade the same few tokens, so that a trade concerns many campaigns.
They continue every 15 s, as the job of the maintenance queue lets them. The last line is JSON.
"""

import time
from datetime import UTC, datetime
from decimal import Decimal
from random import Random

import psutil
import uvloop

from bench.delivery_testbed import CHAIN
from bench.figures import Figures, print_figures
from bench.testbed import ScannerTestbed, open_testbed
from domain.activity.activity import SOL, Activity, Kind, Leg, TradePrice
from domain.chats import Chat, ChatKind
from domain.paper.plan import Plan
from storage.chats.chats import saw_chat
from storage.ingest.activities import Batch, store
from storage.paper.advance import advance_campaigns, read_stored_next
from storage.paper.campaigns import NewCampaign, start_campaign
from storage.postgres import Database
from workers.dispatcher import CAMPAIGN_SECONDS

CAMPAIGNS = 1_000
TOKENS = 200
TRADES_A_SECOND = 3
"""Of all wallets together: about ten an hour of each."""
SECONDS = 600
MAX_SHARE = 0.10
"""Of a core."""
_CHAT = 1


def main() -> int:
    """Measure and print; 1 if it takes more than it may."""
    figures = uvloop.run(_measure())
    here, all_of_it = figures["core_share"], figures["with_postgres_core_share"]
    print(f"\n{CAMPAIGNS:,} campaigns, {TRADES_A_SECOND} trades a second, {figures['fills']:,.0f} fills")
    print(f"  {here:.1%} of a core here, {all_of_it:.1%} with the processes that it started")
    print_figures("paper", figures)
    return int(all_of_it > MAX_SHARE)


async def _measure() -> Figures:
    async with open_testbed() as testbed:
        at = int(time.time()) // 60 * 60 - SECONDS - 60
        await _start(testbed, at)
        trades = _trades(at)
        await store(testbed.database, Batch(chain=CHAIN, activities=trades))
        begun = _spent()
        for end in range(at, at + SECONDS + 1, int(CAMPAIGN_SECONDS)):
            await _advance(testbed.database, datetime.fromtimestamp(end, UTC))
        here, all_of_it = (ended - before for ended, before in zip(_spent(), begun, strict=True))
        fills = await testbed.database.fetchval("SELECT count(*) FROM campaign_fills")
    return {
        "campaigns": CAMPAIGNS,
        "core_share": here / SECONDS,
        "with_postgres_core_share": all_of_it / SECONDS,
        "fills": fills,
    }


async def _advance(database: Database, until: datetime) -> None:
    while await advance_campaigns(database, chain=CHAIN, horizon=until):
        pass


async def _start(testbed: ScannerTestbed, at: int) -> None:
    """Let all campaigns begin, and stand at the beginning of the trades."""
    await saw_chat(testbed.database, Chat(chat_id=_CHAT, kind=ChatKind.PRIVATE, title="Bench"))
    for number in range(CAMPAIGNS):
        plan = Plan(
            size_sol=Decimal("0.5"),
            fee_bps=100,
            delay_s=2,
            take_profit_pct=Decimal(50),
            stop_pct=Decimal(20),
            wallets=frozenset({f"wallet-{number}"}),
            since=at,
        )
        new = NewCampaign(
            chat_id=_CHAT, topic_id=0, chain=CHAIN, plan=plan, origin=f"bench {number}", actor_id=_CHAT
        )
        await start_campaign(testbed.database, new, limit=CAMPAIGNS)
    await testbed.database.execute(
        "INSERT INTO campaign_clocks (chain, seen_until) VALUES ($1, $2)",
        CHAIN,
        datetime.fromtimestamp(at, UTC),
    )
    while await read_stored_next(testbed.database, chain=CHAIN):
        pass


def _trades(at: int) -> list[Activity]:
    rng = Random(1)
    return [
        _trade(rng, second * TRADES_A_SECOND + number, at + second)
        for second in range(SECONDS)
        for number in range(TRADES_A_SECOND)
    ]


def _spent() -> tuple[float, float]:
    """Processor seconds of this process, and with its children."""
    process = psutil.Process()
    times = [process.cpu_times(), *(child.cpu_times() for child in process.children(recursive=True))]
    seconds = [one.user + one.system for one in times]
    ended = process.cpu_times()
    return seconds[0], sum(seconds) + ended.children_user + ended.children_system


def _trade(rng: Random, number: int, at: int) -> Activity:
    token = f"token-{rng.randrange(TOKENS)}"
    sol = Leg(mint=SOL, raw=10**9, decimals=9)
    tokens = Leg(mint=token, raw=10**9, decimals=6)
    is_sale = rng.random() < 0.5
    price = TradePrice(
        token=token,
        quote=SOL,
        quote_decimals=9,
        fill=Decimal(rng.randint(80, 120)) / 100_000,
        liquidity_quote=10**12,
    )
    return Activity(
        chain=CHAIN,
        signature=f"signature-{number}",
        slot=341_000_000 + number,
        block_time=at,
        wallet=f"wallet-{rng.randrange(CAMPAIGNS)}",
        kind=Kind.SELL if is_sale else Kind.BUY,
        paid=(tokens if is_sale else sol,),
        received=(sol if is_sale else tokens,),
        price=price,
    )
