"""Determines whether wallets that sent much to one address have moved there.

what the dispatcher noted ──> left, and the past of the address ──> a home, none, or checked again later
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from chain.decoders.activities import activities
from chain.decoders.quote_mints import quote_mints_of
from chain.parsing.transaction import read_transaction
from chain.rpc.balances import read_balance
from chain.rpc.errors import Rejected, Skipped
from chain.rpc.signatures import latest_signatures, transactions
from domain.activity.activity import SOL, Activity, Kind
from domain.activity.amounts import Holding
from domain.activity.exchanges import EXCHANGES
from domain.errors import NodeUnavailable, Unavailable, Undecodable
from domain.patterns.alone import judged, moving
from domain.patterns.sightings import PastOfAddress
from domain.tokens.market_price import TokenPrices, UnknownPrice
from domain.tokens.portfolio import sol_value, valued
from runtime import clock
from runtime.observability import metrics
from runtime.processes.lifecycle import Stop
from storage.coordination.leases import take_lease
from storage.ingest.heads import read_head
from storage.patterns.moves import (
    PossibleMove,
    announce_move,
    check_later,
    counterparty_count,
    due_moves,
    end_move,
    transfers_of,
    with_books,
)
from workers.process import Context

log = logging.getLogger(__name__)

TICK_SECONDS = 15.0
LEASE = "moves of wallets"
"""One worker looks; the others stand by."""
AT_ONCE = 10
MAX_TRANSACTIONS = 50
"""Of an address; one that has more is no new one."""
MAX_TOKENS = 100
"""Of what a wallet has left, those that are priced."""
_PASSIVE = frozenset({Kind.TRANSFER_IN, Kind.TRANSFER_OUT, Kind.MINT, Kind.OTHER})


async def judge_moves(context: Context, stop: Stop) -> None:
    """Check repeatedly until the stop; an unavailable server costs one round."""
    while not stop.is_set():
        try:
            await judge_once(context)
        except Unavailable as error:
            log.warning("Moves of wallets are checked later: %s", error)
        await stop.sleep(TICK_SECONDS)


async def judge_once(context: Context) -> int:
    """Check what is due, unless another worker does; return how many moves are announced.

    Raises:
        Unavailable: PostgreSQL is unavailable.
    """
    lease = partial(take_lease, context.database, name=LEASE, owner=context.owner)
    if await lease(seconds=4 * TICK_SECONDS) is None:
        return 0
    head = await read_head(context.database, chain=context.settings.chain)
    if head is None:  # nobody reads the chain at present
        return 0
    moves = await due_moves(context.database, chain=context.settings.chain, limit=AT_ONCE)
    return sum([await _judge_or_later(context, move, head) for move in moves])


async def _judge_or_later(context: Context, move: PossibleMove, head: int) -> bool:
    """One that cannot be read is checked later, so that the others are checked now."""
    try:
        return await _judge(context, move, head)
    except (NodeUnavailable, Rejected, Skipped) as error:
        log.warning("Whether %s moved cannot be read at present: %s", move.wallet, error)
        await check_later(context.database, move, remaining=move.remaining)
        return False


async def _judge(context: Context, move: PossibleMove, head: int) -> bool:
    database = context.database
    left = (
        await _left(context, move.wallet) if move.remaining is None else _Left(move.remaining, move.unpriced)
    )
    if left is None:
        await check_later(database, move, remaining=None)
        return False
    sent = with_books(await transfers_of(database, move), left.usd)
    found = moving(sent, EXCHANGES) if sent else None
    if found is None or found.to != move.address:
        await end_move(database, move)
        return False
    past = await past_of(context, move.address, upto=head)
    verdict = judged(found, past, await counterparty_count(database, move))
    if verdict.is_home:
        metrics.patterns_found.inc()
        return await announce_move(database, replace(move, unpriced=left.unpriced), found, past)
    if verdict.is_final:
        await end_move(database, move)
    else:
        await check_later(database, move, remaining=left.usd, unpriced=left.unpriced)
    return False


class _Left(NamedTuple):
    """What a wallet has left."""

    usd: float
    unpriced: int
    """Tokens beside that which no pool trades."""


async def _left(context: Context, wallet: str) -> _Left | None:
    """Return what a wallet has now. None: SOL, or a token that is traded for something unknown, has no price.

    Dust, imitations of well-known tokens, and what no pool trades where pools usually are, are worth nothing.

    Raises:
        Unavailable: a node, or the prices, cannot be read.
    """
    facts = await read_balance(context.nodes, wallet)
    holdings = facts.holdings[:MAX_TOKENS]
    prices = await _prices(context, [SOL, *(one.mint for one in holdings)])
    sol = sol_value(facts.lamports + (facts.staked or 0), prices)
    tokens = await _value(context, holdings, prices)
    if sol is None or tokens is None:
        return None
    return _Left(float(sol + tokens.usd), tokens.unpriced)


async def _prices(context: Context, mints: Sequence[str]) -> TokenPrices:
    """Looked for where pools usually are, too: that no trade was seen here does not say that none is.

    Of a hundred such tokens that is forty requests, once for a possible move.
    """
    seen = await context.token_prices.prices_now(mints)
    unseen = [mint for mint, why in seen.unknown.items() if why is UnknownPrice.NO_POOL]
    if not unseen:
        return seen
    found = await context.token_prices.prices_now(unseen, search=True)
    return TokenPrices(known={**seen.known, **found.known}, unknown={**seen.unknown, **found.unknown})


class _Tokens(NamedTuple):
    usd: Decimal
    unpriced: int


async def _value(context: Context, holdings: Sequence[Holding], prices: TokenPrices) -> _Tokens | None:
    names = await context.cached.tokens.find([one.mint for one in holdings])
    symbols = {mint: token.symbol for mint, token in names.items()}
    found = valued(context.settings.chain, holdings, prices, symbols)
    unknown = [one.holding.mint for one in found if one.usd is None and one.omitted is None]
    if any(prices.unknown.get(mint) is not UnknownPrice.NO_POOL for mint in unknown):
        return None  # what it keeps exists: a mint that was not found was only not read
    usd = sum((one.usd for one in found if one.usd is not None), Decimal(0))
    return _Tokens(usd, len(unknown))


async def past_of(context: Context, address: str, *, upto: int) -> PastOfAddress:
    """Return what the chain shows of an address up to a slot.

    Args:
        context: with the nodes.
        address: base58; more than MAX_TRANSACTIONS of it: it is old, and nothing more is read.
        upto: a slot; what came later is not its past.

    Raises:
        Unavailable: no node answers, or none gives a transaction that is listed.
    """
    settings = context.settings
    now = clock.now().timestamp()
    listed = await latest_signatures(
        context.nodes,
        address,
        upto=upto,
        number=MAX_TRANSACTIONS + 1,
        commitment=settings.commitment,
    )
    if len(listed) > MAX_TRANSACTIONS:
        return PastOfAddress(None, seen_until=now)
    raws = await transactions(
        context.nodes, [one.signature for one in listed], commitment=settings.commitment
    )
    done: list[Activity] = []
    times = [now]
    for one, raw in zip(listed, raws, strict=True):
        if raw is None:  # it may be the one by which all was sent on
            raise NodeUnavailable(f"a transaction of {address} is listed and not given")
        at, activities_in = _decoded(context, address, raw)
        done += activities_in
        times += [known for known in (one.block_time, at) if known is not None]
    return summed_up(done, first_at=min(times), seen_until=now)


def summed_up(done: list[Activity], *, first_at: float, seen_until: float) -> PastOfAddress:
    """Return what an address has done: acts of its own, and what of each mint that came it has sent on.

    Args:
        done: what the address did, in any order.
        first_at: Unix seconds of its first transaction.
        seen_until: Unix seconds at which it was read.
    """
    got: dict[str, int] = {}
    sent: dict[str, int] = {}
    for one in done:
        for legs, sums in ((one.received, got), (one.paid, sent)):
            if one.kind in {Kind.TRANSFER_IN, Kind.TRANSFER_OUT}:
                for leg in legs:
                    sums[leg.mint] = sums.get(leg.mint, 0) + leg.raw
    passed_on = max((min(1.0, sent.get(mint, 0) / raw) for mint, raw in got.items() if raw), default=0.0)
    return PastOfAddress(
        first_at=float(first_at),
        passed_on=passed_on,
        acts=any(one.kind not in _PASSIVE and one.is_signer is not False for one in done),
        seen_until=seen_until,
    )


def _decoded(context: Context, address: str, raw: bytes) -> tuple[int | None, list[Activity]]:
    """When a transaction was, and what the address did or got in it, which of some is nothing."""
    settings, at = context.settings, None
    try:
        transaction = read_transaction(raw)
        at = transaction.block_time
        found = activities(
            transaction,
            chain=settings.chain,
            wallets=frozenset({address}),
            quote_mints=quote_mints_of(settings.quote_mints),
        )
    except Undecodable as error:
        log.warning("A transaction of %s cannot be decoded: %s", address, error)
        return at, []
    return at, found
