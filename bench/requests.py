"""How many requests each source makes to the node in an hour, with a thousand wallets watched, and few.

On the sandbox chain at mainnet's pace, in which the watched wallets do what is said below.
"""

import asyncio
import re
from dataclasses import dataclass

import aiohttp
from solders.pubkey import Pubkey

from bench.figures import Figures
from bench.testbed import CHAIN, ScannerTestbed, open_testbed, scanner, strangers
from bench.token_holders import deposit, give_tokens
from chain.rpc.errors import ADDRESS_HISTORY
from runtime.embedded.ports import free_port
from sandbox.actors.market.tokens import Token
from sandbox.chain.config import ChainConfig
from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from scanner.live.subscription_filter import MAX_AGE_SECONDS as STREAM_MAX_AGE_SECONDS
from scanner.reconcile.address_histories import CHECK_SECONDS
from scanner.reconcile.signature_lists import LIST_ALL_SECONDS
from scanner.wallets.token_accounts import MAX_AGE_SECONDS
from storage.ingest.cursors import read_cursor

WALLETS = 1_000
SENT = "blocks told"
"""The source `blocks`, on a node that offers blockSubscribe."""
SECONDS = {"blocks": 12.0, "signatures": 30.0, "auto": 60.0}
"""How long wallets act; counted is from the end of one round of signatures to the end of the next."""
FIRST_PASSES = {"blocks": 1, "signatures": 1, "auto": 2}
"""Before it is counted: the first pass over token accounts lists them all."""
SLOT_SECONDS = 0.2
"""Five blocks a second."""
OPERATIONS_AN_HOUR = 6
"""What each wallet does."""
TOKEN_ACCOUNTS = "getTokenAccountsByOwner"
LISTS = "getSignaturesForAddress"
HOUR = 3_600.0
IS_STORED = "SELECT EXISTS (SELECT FROM activities WHERE signature = $1)"
AUTO = {10: 4_000, 1_000: 30_000}
"""With RECONCILE=auto and `transactions`: requests an hour at most, by the number of wallets."""
ACCOUNTS_A_WALLET = 20
"""Token accounts of each wallet, with RECONCILE=auto."""
_COUNTED = re.compile(r'rpc_requests_total\{[^}]*method="(\w+)"[^}]*\} ([\d.e+]+)')


async def requests_by_source() -> Figures:
    """Measure and print; requests an hour by source and reconciliation."""
    figures: Figures = {}
    print(f"\nrequests to the node by {WALLETS:,} wallets in an hour, each doing {OPERATIONS_AN_HOUR} things")
    for source in ("transactions", "logs", "blocks", SENT):
        for reconcile in ("blocks", "signatures"):
            if source in ("transactions", "logs") or reconcile == "blocks":
                async with open_testbed() as testbed:
                    made = (await _requests(testbed, source, reconcile)).requests
                made |= _by_rule(source, reconcile)
                sent = ", ".join(f"{method} {count:,.0f}" for method, count in sorted(made.items()) if count)
                print(f"  {source:<13}{reconcile:<11}{sum(made.values()):>9,.0f}   {sent}")
                figures[f"requests_per_hour_{source}_{reconcile}".replace(" ", "_")] = sum(made.values())
    return figures


async def requests_of_auto() -> Figures:
    """Measure and print the cheapest way for few wallets and for many, and with a provider's own method."""
    figures: Figures = {}
    for wallets, limit in AUTO.items():
        for is_offered in (False, True):
            async with open_testbed() as testbed:
                seen = await _requests(testbed, "transactions", "auto", wallets, address_history=is_offered)
            made = _with_what_is_seldom(seen.requests, wallets)
            total, name = sum(made.values()), "_history" if is_offered else ""
            sent = ", ".join(f"{method} {count:,.0f}" for method, count in sorted(made.items()) if count)
            price = ", getTransactionsForAddress at the price of a request" if is_offered else ""
            print(
                f"  auto, {wallets:,} wallets{price}: {total:,.0f} requests an hour,"
                f" at most {limit:,}   {sent}"
            )
            print(f"    what no stream told was found after {seen.found_after:.1f} s, in time are 60")
            figures[f"requests_per_hour_auto_{wallets}{name}"] = total
            figures[f"found_after_seconds_auto_{wallets}{name}"] = seen.found_after
    return figures


def _with_what_is_seldom(made: dict[str, float], wallets: int) -> dict[str, float]:
    """With what is asked for too seldom to be counted here: lists of token accounts, and of each of them."""
    if made.get(ADDRESS_HISTORY):
        made[TOKEN_ACCOUNTS] = 2 * wallets * HOUR / CHECK_SECONDS
    elif made["getBlock"] < HOUR / SLOT_SECONDS / 2:  # not by blocks
        made[LISTS] += wallets * ACCOUNTS_A_WALLET * HOUR / LIST_ALL_SECONDS
        made[TOKEN_ACCOUNTS] = 2 * wallets * HOUR / MAX_AGE_SECONDS
    return made


def _by_rule(source: str, reconcile: str) -> dict[str, float]:
    """Lists of token accounts are read too seldom to be counted here: two requests a wallet each time."""
    times = 3_600 / MAX_AGE_SECONDS if reconcile == "signatures" else 3_600 / STREAM_MAX_AGE_SECONDS
    return {TOKEN_ACCOUNTS: 2 * WALLETS * times} if reconcile == "signatures" or source == "logs" else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a scanner asked for, and how late it noticed what no stream told."""

    requests: dict[str, float]
    """By method, scaled to an hour."""
    found_after: float = 0.0
    """Seconds."""


async def _requests(
    testbed: ScannerTestbed,
    source: str,
    reconcile: str,
    count: int = WALLETS,
    *,
    address_history: bool = False,
) -> Seen:
    wallets, seconds = strangers(count), SECONDS[reconcile]
    await testbed.follow(wallets)
    port = free_port()
    config = ChainConfig(
        slot_seconds=SLOT_SECONDS, block_subscription=source == SENT, address_history=address_history
    )
    async with SandboxChain(config) as chain:
        tokens = give_tokens(chain.chain, wallets, ACCOUNTS_A_WALLET) if reconcile == "auto" else []
        settings = {
            "SCANNER_SOURCE": source.removesuffix(" told"),
            "RECONCILE": reconcile,
            "RPC_HISTORY_WEIGHT": "1",
            "HISTORY_TRANSACTIONS": "0",  # read once, when a wallet is followed
            "METRICS_PORT": str(port),
        }
        environment = testbed.environment([chain.rpc_url], [chain.ws_url], **settings)
        async with scanner(environment, testbed.folder), aiohttp.ClientSession() as session:
            for _ in range(FIRST_PASSES[reconcile]):
                await _until_moved(testbed)
            before = await _counted(session, port)
            begun = asyncio.get_running_loop().time()
            await _live(chain, wallets, tokens, seconds)
            await _until_moved(testbed)
            seconds = asyncio.get_running_loop().time() - begun
            after = await _counted(session, port)
            found_after = await _found_after(testbed, chain, tokens[0], wallets[0]) if tokens else 0.0
    made = {method: (count - before.get(method, 0)) * HOUR / seconds for method, count in after.items()}
    return Seen(requests=made, found_after=found_after)


async def _found_after(testbed: ScannerTestbed, chain: SandboxChain, token: Token, wallet: str) -> float:
    """Seconds until a deposit to a wallet's token account is stored though no stream tells of it."""
    chain.faults.add(Fault(fault="drop", times=None))
    signature = deposit(chain.chain, token, wallet)
    begun = asyncio.get_running_loop().time()
    async with asyncio.timeout(120):
        while True:
            if await testbed.database.fetchval(IS_STORED, signature):
                break
            await asyncio.sleep(0.05)
    return asyncio.get_running_loop().time() - begun


async def _live(chain: SandboxChain, wallets: list[str], tokens: list[Token], seconds: float) -> None:
    """Let the wallets get tokens and SOL by turns, spread evenly; without tokens SOL alone."""
    operations = max(1, round(len(wallets) * OPERATIONS_AN_HOUR * seconds / 3_600))
    for number in range(operations):
        wallet = wallets[number % len(wallets)]
        if tokens and number % 2 == 0:
            deposit(chain.chain, tokens[number % len(tokens)], wallet)
        else:
            chain.api.airdrop(Pubkey.from_string(wallet), 10**9)
        await asyncio.sleep(seconds / operations)


async def _counted(session: aiohttp.ClientSession, port: int) -> dict[str, float]:
    async with session.get(f"http://127.0.0.1:{port}/metrics") as response:
        text = await response.text()
    counts: dict[str, float] = {}
    for method, count in _COUNTED.findall(text):
        counts[method] = counts.get(method, 0.0) + float(count)
    return counts


async def _until_moved(testbed: ScannerTestbed) -> None:
    """Return when the cursor has moved once."""
    first: int | None = None
    async with asyncio.timeout(60):
        while True:
            cursor = await read_cursor(testbed.database, chain=CHAIN, feed="blocks")
            if cursor is not None and first is not None and cursor.slot > first:
                return
            first = first or (cursor.slot if cursor is not None else None)
            await asyncio.sleep(0.05)
