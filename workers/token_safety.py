"""Watches the tokens that people were alerted on or that followed wallets bought, the busiest first.

alerts ──> tokens of two days ──> mints, pools and creators, in batches ──> what became dangerous ──> alerts
"""

import logging
from collections.abc import Mapping, Sequence
from functools import partial

from chain.decoders.quote_mints import quote_mints_of
from chain.rpc.errors import Rejected, Skipped
from chain.rpc.token_states import ACCOUNTS_EACH, WatchedToken, read_token_states
from domain.errors import Unavailable
from domain.security.safety import TokenState
from runtime import clock
from runtime.observability import metrics
from runtime.processes.lifecycle import Stop
from storage.coordination.leases import take_lease
from storage.delivery.token_safety import (
    compare,
    followed_holders,
    next_tokens,
    note_tokens,
    note_unreadable,
    own_tokens_to_search,
)
from storage.market.pools import StoredPools
from storage.scans.results import creators_of
from workers.process import Context

log = logging.getLogger(__name__)

TICK_SECONDS = 60.0
LEASE = "token safety"
"""One worker reads; the others stand by. Correctness rests on the lock under which states are compared."""
PER_REQUEST = 100


async def watch_tokens(context: Context, stop: Stop) -> None:
    """Check repeatedly until the stop; an unavailable server costs one round."""
    while not stop.is_set():
        try:
            await watch_once(context)
        except (Unavailable, Rejected, Skipped) as error:
            log.warning("The safety of tokens is not watched at present: %s", error)
        await stop.sleep(TICK_SECONDS)


async def watch_once(context: Context) -> int:
    """Check the tokens whose turn it is, unless another worker does; return how many were read.

    Raises:
        Unavailable: PostgreSQL or every node is unavailable.
        Rejected: a node does not take the question.
    """
    chain, database = context.settings.chain, context.database
    limit = tokens_per_tick(context.settings.safety_requests_per_hour)
    lease = partial(take_lease, database, name=LEASE, owner=context.owner)
    if not limit or await lease(seconds=2 * TICK_SECONDS) is None:
        return 0
    money = sorted(quote_mints_of(context.settings.quote_mints))
    await note_tokens(database, chain=chain, money=money)
    mints = await next_tokens(database, chain=chain, limit=limit)
    states = await _states(context, mints)
    await note_unreadable(database, chain=chain, mints=sorted(set(mints) - states.keys()))
    for changed in await compare(database, chain=chain, states=states, read_at=clock.now()):
        log.warning("%s became dangerous: %s", changed.mint, ", ".join(changed.dangers))
        await context.cached.scans.forget(changed.mint)
        for danger in changed.dangers:
            metrics.safety_changes.labels(danger.value).inc()
    metrics.safety_readings.inc(len(states))
    return len(states)


def tokens_per_tick(requests_per_hour: int) -> int:
    """Return how many tokens may be read in one round, so that an hour's requests suffice.

    Of a new token the pools are checked first, which costs as much again, once.
    """
    requests = requests_per_hour * TICK_SECONDS / 3_600
    return int(requests / 2 * PER_REQUEST / ACCOUNTS_EACH)


async def _states(context: Context, mints: Sequence[str]) -> Mapping[str, TokenState]:
    chain = context.settings.chain
    if not mints:
        return {}
    if unknown := await own_tokens_to_search(context.database, chain=chain, mints=mints):
        await context.token_prices.prices_now(unknown, search=True)  # nobody may have traded them here
    pools = StoredPools(database=context.database, chain=chain)
    dollars = await pools.dollars()
    known = await pools.known_pools(mints, dollars)
    if unread := [mint for mint, of_mint in known.items() if all(one.venue is None for one in of_mint)]:
        await context.token_prices.prices_now(unread)  # which remembers the vaults of their pools
        known = await pools.known_pools(mints, dollars)
    creators = await creators_of(context.database, chain=chain, mints=mints)
    holders = await followed_holders(context.database, chain=chain, mints=mints)
    tokens = [
        WatchedToken(
            mint=mint,
            pools=known.get(mint, ()),
            creator=creators.get(mint),
            holders=holders.get(mint, ()),
        )
        for mint in mints
    ]
    return await read_token_states(context.nodes, tokens, chain=chain, dollars=dollars)
