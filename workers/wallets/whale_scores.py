"""Finds out what whales that searches found have made, one after another, within a few requests an hour.

the largest that is not scored ──> its latest transactions ──> the ledger ──> its record and score
"""

import logging
from functools import partial

from chain.decoders.activities import activities
from chain.decoders.quote_mints import quote_mints_of
from chain.market.trade_price import with_prices
from chain.parsing.transaction import read_transaction
from chain.rpc.errors import Oversized, Rejected, Skipped
from chain.rpc.signatures import latest_signatures, transactions
from domain.activity.activity import Activity
from domain.errors import NodeUnreadable, Unavailable, Undecodable
from domain.positions.ledger import Ledger
from domain.positions.outcomes import entry_of
from domain.positions.records import record_of
from domain.positions.whale_scores import WhaleScore
from runtime.processes.lifecycle import Stop
from storage.coordination.leases import take_lease
from storage.ingest.heads import read_head
from storage.market.dollars import sol_usd_now
from storage.whales.scores import next_to_score, save_score
from workers.process import Context

log = logging.getLogger(__name__)

TICK_SECONDS = 360.0
"""Between two whales: ten an hour, 101 requests each at most."""
LEASE = "scores of whales"
"""One worker reads; the others stand by."""
TRANSACTIONS = 100
"""Of each whale, the latest."""
AT_ONCE = 20


async def score_whales(context: Context, stop: Stop) -> None:
    """Score one after another until the stop; an unavailable server costs one turn."""
    while not stop.is_set():
        try:
            await score_next(context)
        except Unavailable as error:
            log.warning("Whales are not scored at present: %s", error)
        await stop.sleep(TICK_SECONDS)


async def score_next(context: Context) -> WhaleScore | None:
    """Score the whale whose turn it is, unless another worker does; None: there is none.

    Raises:
        Unavailable: PostgreSQL or every node is unavailable.
    """
    database, chain = context.database, context.settings.chain
    lease = partial(take_lease, database, name=LEASE, owner=context.owner)
    if await lease(seconds=2 * TICK_SECONDS) is None:
        return None
    head = await read_head(database, chain=chain)
    address = None if head is None else await next_to_score(database, chain=chain)
    if address is None or head is None:
        return None
    try:
        score = await _score(context, address, head)
    except (Rejected, Skipped, NodeUnreadable, Oversized) as error:
        log.warning("The transactions of a whale are not given: %s", error)
        score = None
    await save_score(database, chain=chain, address=address, score=score)
    return score


async def _score(context: Context, address: str, head: int) -> WhaleScore:
    commitment = context.settings.commitment
    listed = await latest_signatures(
        context.nodes, address, upto=head, number=TRANSACTIONS, commitment=commitment
    )
    signatures = [one.signature for one in listed]
    done: list[Activity] = []
    for begin in range(0, len(signatures), AT_ONCE):
        part = signatures[begin : begin + AT_ONCE]
        raws = await transactions(context.nodes, part, commitment=commitment)
        done += [one for raw in raws if raw is not None for one in _decoded(context, address, raw)]
    ledger = Ledger()
    mints = {booked.mint for booked in ledger.fold([entry_of(one, None) for one in done])}
    record = record_of({mint: ledger.holding(address, mint) for mint in mints})
    sol_usd = await sol_usd_now(context.database, chain=context.settings.chain)
    return WhaleScore(record=record, transactions=len(signatures), sol_usd=sol_usd)


def _decoded(context: Context, address: str, raw: bytes) -> list[Activity]:
    settings = context.settings
    try:
        transaction = read_transaction(raw)
        found = activities(
            transaction,
            chain=settings.chain,
            wallets=frozenset({address}),
            quote_mints=quote_mints_of(settings.quote_mints),
        )
        return with_prices(transaction, found)
    except Undecodable as error:
        log.info("A transaction of a whale is left out: %s", error)
        return []
