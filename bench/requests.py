"""How many requests each source makes to the node in an hour, with a thousand wallets watched, and few.

On the sandbox chain at mainnet's pace, in which the watched wallets do what is said below.
"""

import asyncio
import math
import re

import aiohttp
from solders.pubkey import Pubkey

from bench.figures import Figures
from bench.testbed import CHAIN, ScannerTestbed, open_testbed, scanner, strangers
from chain.rpc.owned_accounts import ACCOUNTS_AT_ONCE
from runtime.embedded.ports import free_port
from sandbox.chain.config import ChainConfig
from sandbox.chain.server import SandboxChain
from scanner.live.subscription_filter import MAX_AGE_SECONDS as STREAM_MAX_AGE_SECONDS
from scanner.wallets.token_accounts import MAX_AGE_SECONDS
from storage.ingest.cursors import read_cursor

WALLETS = 1_000
SENT = "blocks told"
"""The source `blocks`, on a node that offers blockSubscribe."""
SECONDS = {"blocks": 12.0, "signatures": 30.0, "auto": 30.0}
"""How long wallets act; counted is from the end of one round of signatures to the end of the next."""
SLOT_SECONDS = 0.2
"""Five blocks a second."""
OPERATIONS_AN_HOUR = 6
"""What each wallet does."""
TOKEN_ACCOUNTS = "getTokenAccountsByOwner"
PASS_SECONDS = 30
AUTO = {10: 4_000, 1_000: 30_000}
"""With RECONCILE=auto and `transactions`: requests an hour at most, by the number of wallets."""
ACCOUNTS_A_WALLET = 20
_COUNTED = re.compile(r'rpc_requests_total\{[^}]*method="(\w+)"[^}]*\} ([\d.e+]+)')


async def requests_by_source() -> Figures:
    """Measure and print; requests an hour by source and reconciliation."""
    figures: Figures = {}
    print(f"\nrequests to the node by {WALLETS:,} wallets in an hour, each doing {OPERATIONS_AN_HOUR} things")
    for source in ("transactions", "logs", "blocks", SENT):
        for reconcile in ("blocks", "signatures"):
            if source in ("transactions", "logs") or reconcile == "blocks":
                async with open_testbed() as testbed:
                    made = await _requests(testbed, source, reconcile)
                made |= _by_rule(source, reconcile)
                sent = ", ".join(f"{method} {count:,.0f}" for method, count in sorted(made.items()) if count)
                print(f"  {source:<13}{reconcile:<11}{sum(made.values()):>9,.0f}   {sent}")
                figures[f"requests_per_hour_{source}_{reconcile}".replace(" ", "_")] = sum(made.values())
    return figures


async def requests_of_auto() -> Figures:
    """Measure and print the cheapest way for few wallets and for many."""
    figures: Figures = {}
    for wallets, limit in AUTO.items():
        async with open_testbed() as testbed:
            made = await _requests(testbed, "transactions", "auto", wallets)
        accounts = wallets * ACCOUNTS_A_WALLET
        if made.get("getSignaturesForAddress"):  # by passes; the wallets of this chain have no token accounts
            a_pass = math.ceil(accounts / ACCOUNTS_AT_ONCE)
            made["getMultipleAccounts"] = made.get("getMultipleAccounts", 0) + a_pass * 3_600 / PASS_SECONDS
            made["getSignaturesForAddress"] += accounts  # once an hour
            made[TOKEN_ACCOUNTS] = 2 * wallets * 3_600 / MAX_AGE_SECONDS
        sent = ", ".join(f"{method} {count:,.0f}" for method, count in sorted(made.items()) if count)
        total = sum(made.values())
        print(f"  auto, {wallets:,} wallets: {total:,.0f} requests an hour, at most {limit:,}   {sent}")
        figures[f"requests_per_hour_auto_{wallets}"] = total
    return figures


def _by_rule(source: str, reconcile: str) -> dict[str, float]:
    """Lists of token accounts are read too seldom to be counted here: two requests a wallet each time."""
    times = 3_600 / MAX_AGE_SECONDS if reconcile == "signatures" else 3_600 / STREAM_MAX_AGE_SECONDS
    return {TOKEN_ACCOUNTS: 2 * WALLETS * times} if reconcile == "signatures" or source == "logs" else {}


async def _requests(
    testbed: ScannerTestbed, source: str, reconcile: str, count: int = WALLETS
) -> dict[str, float]:
    """By method, scaled to an hour."""
    wallets, seconds = strangers(count), SECONDS[reconcile]
    await testbed.follow(wallets)
    port = free_port()
    config = ChainConfig(slot_seconds=SLOT_SECONDS, block_subscription=source == SENT)
    async with SandboxChain(config) as chain:
        settings = {
            "SCANNER_SOURCE": source.removesuffix(" told"),
            "RECONCILE": reconcile,
            "METRICS_PORT": str(port),
        }
        environment = testbed.environment([chain.rpc_url], [chain.ws_url], **settings)
        async with scanner(environment, testbed.folder), aiohttp.ClientSession() as session:
            await _until_moved(testbed)
            before = await _counted(session, port)
            begun = asyncio.get_running_loop().time()
            await _live(chain, wallets, seconds)
            await _until_moved(testbed)
            seconds = asyncio.get_running_loop().time() - begun
            after = await _counted(session, port)
    return {method: (count - before.get(method, 0)) * 3_600 / seconds for method, count in after.items()}


async def _live(chain: SandboxChain, wallets: list[str], seconds: float) -> None:
    """Let the wallets do what they do, spread evenly."""
    operations = max(1, round(len(wallets) * OPERATIONS_AN_HOUR * seconds / 3_600))
    for number in range(operations):
        chain.api.airdrop(Pubkey.from_string(wallets[number % len(wallets)]), 10**9)
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
