"""How many requests prices and token facts cost in an hour, where wallets trade mints that nobody saw before.

Counted are the requests of all that the scanner reads beside the blocks: of SOL and dollars, of tokens in
use, of names and ages, of what came late for an alert, and of accounts of pools. The chain is the sandbox's;
an hour of trade is stored before, as if it had just gone by. The last line is JSON.
"""

import asyncio
import functools
import os
import time
from collections import Counter
from decimal import Decimal

import uvloop
from msgspec import structs
from solders.account import Account
from solders.pubkey import Pubkey

from bench.figures import Figures, print_figures
from bench.testbed import CHAIN, ScannerTestbed, open_testbed, strangers
from chain.market.pools import RAYDIUM_CPMM
from chain.rpc.accounts import read_accounts
from chain.rpc.mints import token_age, token_names
from chain.rpc.pool import RpcPool, open_rpc
from domain.activity.activity import SOL, Activity, Kind, Leg, TradePrice
from domain.rules.gates import Decision, Gate
from domain.rules.rules import Watch
from domain.tokens.candles import SeenPrice
from domain.tokens.market_price import KnownPool
from runtime.clock import now
from runtime.observability.metrics import rpc_requests
from runtime.processes.lifecycle import Stop, nursery
from runtime.settings.loading import load_settings
from runtime.settings.secret import Secret
from sandbox.actors.config import SimulationConfig, TokenPlan
from sandbox.actors.genesis.minting import mint_account_data
from sandbox.actors.genesis.tokens import create_token, token_of
from sandbox.actors.market.pool_accounts import USUAL, PoolPublisher, pool_address
from sandbox.actors.market.tokens import LAMPORTS, Token
from sandbox.actors.simulation import Simulation
from sandbox.chain.config import ChainConfig
from sandbox.chain.server import SandboxChain
from scanner.commit.announcer import ChannelAnnouncer, TokenMetadata
from scanner.commit.committer import Decoder
from scanner.commit.pool_notes import PoolNotes
from scanner.market_readers import StakeRateReader, start_market_readers
from storage.delivery.fan_out import fan_out_next
from storage.delivery.open_alerts import Alert
from storage.ingest.activities import Batch, store
from storage.market.candles import note_prices_seen
from storage.market.pools import StoredPools
from storage.market.tokens import Token as KnownToken
from storage.market.tokens import save_tokens

WALLETS = 1_000
NEW_MINTS_AN_HOUR = 500
SECONDS = float(os.environ.get("BENCH_SECONDS", "180"))
"""How long requests are counted; scaled to an hour."""
WARM_SECONDS = 20.0
MAX_AN_HOUR = 3_000
_CONFIRMED_SECONDS = 3.0
"""Until nodes tell of what was just made."""
_SEED, _HOUR = SimulationConfig().seed, 3_600


def main() -> int:
    """Measure and print; 1 if it takes too many."""
    figures = uvloop.run(_measure())
    print_figures("price-requests", figures)
    return int(figures["requests_per_hour"] > MAX_AN_HOUR)


async def _measure() -> Figures:
    residents = Simulation(SimulationConfig(), active=False)
    config = ChainConfig(residents=residents)
    async with (
        open_testbed() as testbed,
        SandboxChain(config) as chain,
        open_rpc([Secret(chain.rpc_url)]) as rpc,
    ):
        residents.set_up(chain.chain)
        wallets = strangers(WALLETS)
        await testbed.follow(wallets)
        await _store_past(testbed, chain)
        once = await _rates(testbed, rpc)
        made = await _count(testbed, chain, rpc, wallets)
    made = Counter({method: round(count * _HOUR / SECONDS) for method, count in made.items()}) + once
    print(
        f"\nrequests of prices and token facts in an hour: {WALLETS:,} wallets, {NEW_MINTS_AN_HOUR} new mints"
    )
    for method, count in made.most_common():
        print(f"  {method:<26}{count:>7,}")
    return {
        "requests_per_hour": made.total(),
        "most": MAX_AN_HOUR,
        "wallets": WALLETS,
        "new_mints_per_hour": NEW_MINTS_AN_HOUR,
        "seconds": SECONDS,
    }


async def _rates(testbed: ScannerTestbed, rpc: RpcPool) -> Counter[str]:
    """The requests for rates of staked SOL, which are made once an hour."""
    await StakeRateReader(testbed.database, functools.partial(read_accounts, rpc), chain=CHAIN).read_once()
    return _requests()


def _requests() -> Counter[str]:
    """By method, of all time."""
    made: Counter[str] = Counter()
    for family in rpc_requests.collect():
        for sample in family.samples:
            if sample.name.endswith("_total"):
                made[sample.labels["method"]] += int(sample.value)
    return made


async def _count(
    testbed: ScannerTestbed, chain: SandboxChain, rpc: RpcPool, wallets: list[str]
) -> Counter[str]:
    """By method, while wallets trade new mints at their pace."""
    read, notes, stop = functools.partial(read_accounts, rpc), PoolNotes(), Stop()
    async with nursery(stop) as tasks:
        decoder = Decoder(chain=CHAIN)
        settings = load_settings({"CHAIN": CHAIN, "INSTANCE_ID": "bench"})
        start_market_readers(tasks, testbed.database, rpc, settings=settings, decoder=decoder)
        tasks.start_forever("accounts of pools", functools.partial(notes.run, read))
        metadata = TokenMetadata(
            testbed.database,
            functools.partial(token_names, rpc),
            chain=CHAIN,
            ages=functools.partial(token_age, rpc),
        )
        announcer = ChannelAnnouncer(_nobody, _nobody, metadata, tasks)
        tasks.start_forever("wake-ups", announcer.run)
        trades = tasks.start_forever("trades", lambda: _trade(testbed, chain, announcer, notes, wallets))
        await asyncio.sleep(WARM_SECONDS)
        before = _requests()
        await asyncio.sleep(SECONDS)
        made = _requests() - before
        trades.cancel()
    return made


def _wanted(_: Watch, __: Alert) -> Decision:
    return Decision(gate=Gate.WANTED)


async def _nobody(*_: object) -> None:
    """There is nobody to be notified."""


async def _trade(
    testbed: ScannerTestbed,
    chain: SandboxChain,
    announcer: ChannelAnnouncer,
    notes: PoolNotes,
    wallets: list[str],
) -> None:
    """Let one wallet after another buy a mint that is new, which its pool's venue says in an account."""
    for number in range(10**6):
        plan = _plan(f"NEW{number}")
        token = token_of(_SEED, plan)
        create_token(chain.chain, _SEED, plan, token)
        PoolPublisher(chain.chain.account, chain.chain.put_account).publish(token)
        await asyncio.sleep(_CONFIRMED_SECONDS)
        bought = _purchase(token, wallets[number % len(wallets)], number)
        notes.get(str(pool_address(token.mint, USUAL)))
        await store(testbed.database, Batch(chain=CHAIN, activities=[bought]))
        announcer.announce(frozenset({str(token.mint)}), frozenset({bought.wallet}))
        while await fan_out_next(testbed.database, _wanted) is not None:
            pass
        await asyncio.sleep(_HOUR / NEW_MINTS_AN_HOUR - _CONFIRMED_SECONDS)


def _plan(symbol: str) -> TokenPlan:
    return TokenPlan(
        symbol=symbol, name=symbol, decimals=6, supply=10**9, pool_lamports=100 * LAMPORTS, mutable=False
    )


def _purchase(token: Token, wallet: str, number: int) -> Activity:
    price = TradePrice(
        token=str(token.mint),
        quote=SOL,
        quote_decimals=9,
        fill=Decimal("0.0000002"),
        spot=Decimal("0.0000002"),
        impact=Decimal("0.01"),
        liquidity_quote=100 * LAMPORTS,
        pool=str(pool_address(token.mint, USUAL)),
    )
    bought = Activity(
        chain=CHAIN,
        signature=f"signature-{number}",
        slot=341_000_000 + number,
        block_time=int(time.time()),
        wallet=wallet,
        kind=Kind.BUY,
        paid=(Leg(mint=SOL, raw=LAMPORTS, decimals=9),),
        received=(Leg(mint=str(token.mint), raw=5 * 10**12, decimals=6),),
        venue="Raydium CPMM",
    )
    return structs.replace(bought, price=price, token_before=0, token_after=5 * 10**12)


async def _store_past(testbed: ScannerTestbed, chain: SandboxChain) -> None:
    """The mints of an hour before: known, with their pools, and traded a while ago."""
    plans = [_plan(f"OLD{number}") for number in range(NEW_MINTS_AN_HOUR)]
    tokens = [token_of(_SEED, plan) for plan in plans]
    publisher = PoolPublisher(chain.chain.account, chain.chain.put_account)
    for token in tokens:
        _put(chain, token.mint, mint_account_data(6, token.mint), token.program)
        publisher.publish(token)
    mints = [str(token.mint) for token in tokens]
    await save_tokens(
        testbed.database,
        [KnownToken(chain=CHAIN, mint=mint, symbol="OLD", name="Old", decimals=6) for mint in mints],
    )
    pools = [_pool(token) for token in tokens]
    await StoredPools(database=testbed.database, chain=CHAIN).save_pools(pools)
    seen = [SeenPrice(chain=CHAIN, mint=mint, usd=Decimal(1), at=now(), volume=Decimal(50)) for mint in mints]
    await testbed.database.transaction(lambda connection: note_prices_seen(connection, seen))


def _put(chain: SandboxChain, key: Pubkey, data: bytes, owner: Pubkey) -> None:
    chain.chain.put_account(key, Account(5_000_000, data, owner))


def _pool(token: Token) -> KnownPool:
    vaults = (str(token.pool.vault), str(token.pool.sol_vault))
    return KnownPool(
        mint=str(token.mint),
        pool=str(pool_address(token.mint, USUAL)),
        quote=SOL,
        quote_decimals=9,
        venue=RAYDIUM_CPMM,
        vaults=vaults,
        liquidity_quote=100 * LAMPORTS,
    )
