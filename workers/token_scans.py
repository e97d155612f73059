"""Scans of tokens for everybody who asks: from the cache, from PostgreSQL, or from nodes within a budget.

cache (minutes) ──> PostgreSQL (a day; the mint is checked again) ──> nodes; one scan at a time per token

A scan that has decided everything holds for a day, one with something unknown for minutes. What can never
change, such as the creation, is asked for once.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import msgspec

from chain.scans.gather import ScanTarget, gather, nothing
from chain.scans.mint import read_mint_facts
from chain.scans.node import LiveNode
from chain.scans.pools import PoolCandidates
from domain.activity.prices import Dollars
from domain.errors import NodeUnavailable
from domain.security.checks import NotRead
from domain.security.facts import Creation, EarlierScans, Liquidity, TokenFacts
from domain.security.history import differences, remembered
from domain.security.liquidity import main_pool
from domain.security.mints import MintFacts
from domain.security.scan import Scan, fingerprint, scan_token, summary
from domain.tokens.market_price import KnownPool, quote_dollars
from domain.tokens.well_known import pinned
from runtime import clock
from runtime.clock import monotonic
from runtime.observability import metrics
from storage.market.pools import StoredPools
from storage.scans.cached import POLL_SECONDS, ScanReading, scan_seconds
from storage.scans.results import (
    ScanToStore,
    StoredScan,
    holders_seen,
    last_scan,
    rugs_of,
    save_scan,
    scan_before,
)
from workers.process import Context

NEWS_HOURS = 1.0
"""A scan is compared with the last different one that is older than this."""
OnPart = Callable[[TokenFacts], Awaitable[None]]


async def token_scan(context: Context, mint: str, *, on_part: OnPart = nothing) -> ScanReading:
    """Return what is known of a token's safety, at most a day old; many who ask at once cause one scan.

    Args:
        context: the worker's connections.
        mint: its address, whatever is there.
        on_part: is given the facts so far, while nodes are asked; nobody else's scan calls it.

    Raises:
        NodeUnavailable: not even the mint could be read.
    """
    return await context.cached.scans.get_or_load(mint, lambda: _stored_or_new(context, mint, on_part))


async def _stored_or_new(context: Context, mint: str, on_part: OnPart) -> ScanReading:
    chain, ends_at = context.settings.chain, monotonic() + context.settings.scan_seconds
    stored = await last_scan(context.database, chain=chain, subject=mint)
    if stored is not None and stored.is_fresh:
        reading = await _with_news(context, mint, scan_of(stored), stored)
        if await _still_holds(context, reading):
            return reading
    return await _new(context, mint, stored, on_part, seconds=ends_at - monotonic())


def scan_of(stored: StoredScan) -> Scan:
    """What a stored scan found."""
    return msgspec.json.decode(stored.result, type=Scan)


async def _still_holds(context: Context, reading: ScanReading) -> bool:
    """Return whether it is young, or one check of the mint shows that nobody changed it."""
    if clock.now() - reading.read_at < timedelta(seconds=POLL_SECONDS):
        return True
    node = LiveNode(context.nodes, requests=2, seconds=context.settings.scan_seconds / 3)
    facts = await read_mint_facts(node, reading.scan.subject, chain=context.settings.chain)
    if isinstance(facts.mint, NotRead):
        return True  # nobody answers: what was found today is told with its time
    return isinstance(facts.mint, MintFacts) and fingerprint(facts.mint) == reading.scan.fingerprint


async def _new(
    context: Context, mint: str, stored: StoredScan | None, on_part: OnPart, *, seconds: float
) -> ScanReading:
    settings, database = context.settings, context.database
    earlier = _earlier(stored)
    node = LiveNode(context.nodes, requests=settings.scan_requests, seconds=seconds)
    target = ScanTarget(
        mint=mint,
        chain=settings.chain,
        now=int(clock.now().timestamp()),
        candidates=await _candidates(context, mint),
        earlier=earlier,
        seen=await holders_seen(database, chain=settings.chain, mint=mint),
    )
    facts = await gather(node, target, on_part=on_part)
    metrics.scan_requests.inc(node.spent)
    if isinstance(facts.mint, NotRead):
        raise NodeUnavailable(str(facts.mint.reason))
    facts = await _with_rugs(context, facts)
    await _remember_pool(context, facts, target.candidates.dollars)
    scan = scan_token(facts)
    metrics.scans.labels(summary(scan).grade.value).inc()
    creation = facts.creation if isinstance(facts.creation, Creation) else None
    memory = remembered(earlier, scan.figures, now=target.now or 0, creation=creation)
    when = await save_scan(
        database,
        chain=settings.chain,
        subject=mint,
        scan=stored_form(scan, memory),
        seconds=scan_seconds(scan),
    )
    saved = StoredScan(result="", scanned_at=when, is_fresh=True, earlier=None)
    return await _with_news(context, mint, scan, saved)


async def _remember_pool(context: Context, facts: TokenFacts, dollars: Dollars) -> None:
    """Remember the largest pool of a token: maybe only a list names it that nodes refuse the next time.

    A pool that is missed then would look as if somebody had taken the money.
    """
    found = main_pool(facts.liquidity) if isinstance(facts.liquidity, Liquidity) else None
    if found is None or not found.dollars:
        return
    token, usd = pinned(facts.chain, found.quote), quote_dollars(facts.chain, found.quote, dollars)
    if token is None or not usd:
        return
    known = KnownPool(
        mint=facts.subject,
        pool=found.address,
        quote=found.quote,
        quote_decimals=token.decimals,
        venue=found.program,
        vaults=(found.vaults[0], found.vaults[1]) if found.vaults else None,
        slot=facts.mint_source.slot or 0,
        liquidity_quote=int(found.dollars / 2 / usd * 10**token.decimals),
    )
    await StoredPools(database=context.database, chain=facts.chain).save_pools([known])


async def _with_rugs(context: Context, facts: TokenFacts) -> TokenFacts:
    """With what scans have seen of the creator's other tokens."""
    creation = facts.creation
    if not isinstance(creation, Creation) or creation.creator is None:
        return facts
    rugs, tokens = await rugs_of(
        context.database, chain=facts.chain, creator=creation.creator, besides=facts.subject
    )
    counted = msgspec.structs.replace(creation, proven_rugs=rugs, other_tokens=tokens)
    return msgspec.structs.replace(facts, creation=counted)


def stored_form(scan: Scan, memory: EarlierScans | None) -> ScanToStore:
    """The scan as it is stored, with what later ones compare with."""
    return ScanToStore(
        result=msgspec.json.encode(scan).decode(),
        summary=msgspec.json.encode(summary(scan)).decode(),
        earlier=None if memory is None else msgspec.json.encode(memory).decode(),
    )


def _earlier(stored: StoredScan | None) -> EarlierScans | None:
    if stored is None or stored.earlier is None:
        return None
    return msgspec.json.decode(stored.earlier, type=EarlierScans)


async def _candidates(context: Context, mint: str) -> PoolCandidates:
    pools = StoredPools(database=context.database, chain=context.settings.chain)
    dollars = await pools.dollars()
    known = (await pools.known_pools([mint], dollars)).get(mint, ())
    return PoolCandidates(known=tuple(known), dollars=dollars)


async def _with_news(context: Context, mint: str, scan: Scan, stored: StoredScan) -> ScanReading:
    """The scan with what changed since the last different one that is not quite new."""
    before = await scan_before(context.database, chain=context.settings.chain, subject=mint, hours=NEWS_HOURS)
    if before is None:
        return ScanReading(scan=scan, read_at=stored.scanned_at)
    return ScanReading(
        scan=scan,
        read_at=stored.scanned_at,
        news=differences(msgspec.json.decode(before[0], type=Scan), scan),
        earlier_at=before[1],
    )
