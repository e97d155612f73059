"""Reads the SOL of followed wallets in turn, and reconciles large unexplained changes.

Such a change means that a transaction was missed. Its wallet is reconciled: the transactions that a node
lists for it and that are not stored are read, decoded and stored, so that their alerts go out; operators are
alerted.
"""

import logging
import math
from collections.abc import Sequence
from functools import partial

from chain.decoders.activities import activities
from chain.decoders.quote_mints import quote_mints_of
from chain.parsing.transaction import read_transaction
from chain.rpc.balances import read_sol
from chain.rpc.blocks import first_available_block
from chain.rpc.errors import NoHistory, Rejected, Skipped
from chain.rpc.signatures import signatures_between, transactions
from domain.activity.activity import Activity
from domain.activity.balance_changes import is_large, unexplained
from domain.errors import NodeUnreadable, Unavailable, Undecodable
from messaging.telegram.methods import Message
from messaging.telegram.texts.unexplained import UnexplainedChange, unexplained_changes
from runtime.observability import metrics
from runtime.processes.lifecycle import Stop
from storage.coordination.leases import take_lease
from storage.ingest.activities import Batch, known_activities, store
from storage.ingest.cursors import read_cursor
from storage.scans.sol_readings import (
    SolChange,
    activities_between,
    decide_change,
    next_wallets,
    open_changes,
    save_readings,
)
from workers.process import Context

log = logging.getLogger(__name__)

TICK_SECONDS = 60.0
LEASE = "balance refresh"
"""One worker reads; the others stand by."""
PER_REQUEST = 100
MAX_MISSED = 100
"""Transactions of one wallet that are read again for one change."""


async def refresh_balances(context: Context, stop: Stop) -> None:
    """Read in turn until the stop; an unavailable server costs one round of one of the two."""
    while not stop.is_set():
        for work in (refresh_once, explain_changes):
            try:
                await work(context)
            except (Unavailable, Rejected, Skipped) as error:
                log.warning("Balances of followed wallets are not read at present: %s", error)
        await stop.sleep(TICK_SECONDS)


async def refresh_once(context: Context) -> int:
    """Read the wallets whose turn it is, unless another worker does; return how many were read.

    Raises:
        Unavailable: PostgreSQL or every node is unavailable.
        Rejected: a node does not take the question.
    """
    requests = math.ceil(context.settings.balance_requests_per_hour * TICK_SECONDS / 3_600)
    lease = partial(take_lease, context.database, name=LEASE, owner=context.owner)
    if not requests or await lease(seconds=2 * TICK_SECONDS) is None:
        return 0
    chain = context.settings.chain
    wallets = await next_wallets(context.database, chain=chain, limit=requests * PER_REQUEST)
    found = await read_sol(context.nodes, [one.address for one in wallets])
    changes = [
        SolChange(wallet_id=one.wallet_id, address=one.address, before=one.before, after=found[one.address])
        for one in wallets
        if one.before is not None and is_large(one.before, found[one.address])
    ]
    readings = {one.wallet_id: found[one.address] for one in wallets}
    await save_readings(
        context.database, readings, [one for one in changes if one.after.slot > one.before.slot]
    )
    metrics.balances_refreshed.inc(len(readings))
    return len(readings)


async def explain_changes(context: Context) -> None:
    """Decide large changes up to the slot to which the feed is complete; operators get one message of all.

    Raises:
        Unavailable: PostgreSQL or every node is unavailable.
    """
    chain = context.settings.chain
    cursor = await read_cursor(context.database, chain=chain, feed="blocks")
    if cursor is None:
        return
    found: list[UnexplainedChange] = []
    try:
        for change in await open_changes(context.database, chain=chain, upto=cursor.slot):
            found += await _explain(context, change)
    finally:  # what is decided is announced, also where a node is unavailable for the rest
        if found:
            await _tell_operators(context, found)


async def _explain(context: Context, change: SolChange) -> list[UnexplainedChange]:
    """Decide a change; itself, or nothing: it is explained, or another worker has decided."""
    seen = await activities_between(context.database, chain=context.settings.chain, change=change)
    missing = None if seen is None else unexplained(change.before, change.after, seen)
    if missing is None or await _begins_anew(context, change):
        await decide_change(context.database, change, "explained")
        return []
    try:
        stored = await _reconcile(context, change)
    except (Rejected, Skipped, NodeUnreadable, NoHistory) as error:  # asking again gives the same
        log.warning("The change of the SOL of %s cannot be explained: %s", change.address, error)
        stored = None
    result = "not answered" if stored is None else f"{stored} stored"
    if not await decide_change(context.database, change, result):
        return []
    slots = (change.before.slot, change.after.slot)
    return [UnexplainedChange(address=change.address, lamports=missing, slots=slots, stored=stored)]


async def _begins_anew(context: Context, change: SolChange) -> bool:
    """Whether the sandbox was started between the readings: its wallets have what nobody sent them."""
    if context.settings.chain != "sandbox":
        return False
    return change.before.slot < await first_available_block(context.nodes) <= change.after.slot


async def _reconcile(context: Context, change: SolChange) -> int:
    """Store what the wallet did in transactions that were missed; return how many alerts that made."""
    chain, commitment = context.settings.chain, context.settings.commitment
    listed = await signatures_between(
        context.nodes, change.address, after=change.before.slot, upto=change.after.slot, commitment=commitment
    )
    signatures = [one.signature for one in listed if not one.failed]
    known = await known_activities(context.database, chain=chain, signatures=signatures)
    missed = [one for one in signatures if (one, change.address) not in known][:MAX_MISSED]
    raws = await transactions(context.nodes, missed, commitment=commitment)
    done = _decoded(context, change.address, [raw for raw in raws if raw is not None])
    return len(await store(context.database, Batch(chain=chain, activities=done)))


def _decoded(context: Context, wallet: str, raws: Sequence[bytes]) -> list[Activity]:
    settings, done = context.settings, []
    for raw in raws:
        try:
            done += activities(
                read_transaction(raw),
                chain=settings.chain,
                wallets=frozenset({wallet}),
                quote_mints=quote_mints_of(settings.quote_mints),
            )
        except Undecodable as error:
            log.warning("A missed transaction of %s cannot be decoded: %s", wallet, error)
    return done


async def _tell_operators(context: Context, changes: Sequence[UnexplainedChange]) -> None:
    for one in changes:
        metrics.balances_unexplained.inc()
        log.error(
            "%s: %d lamports between slots %d and %d had no activity; alerts sent for it late: %s",
            one.address,
            one.lamports,
            *one.slots,
            "not answered" if one.stored is None else one.stored,
        )
    text = unexplained_changes(changes)
    for chat in sorted(context.settings.admin_ids):
        await context.telegram.send(Message(chat_id=chat, text=text))
