"""Builds what backfills the history of wallets, out of the settings, and starts it."""

import functools
from collections.abc import Callable, Sequence

from msgspec import Raw

from chain.blocks.block import read_block as decode_block
from chain.rpc.blocks import block
from chain.rpc.pool import RpcPool
from chain.rpc.signatures import transactions
from runtime.processes.lifecycle import Nursery
from runtime.settings.settings import Settings
from scanner.history_lists import COMMITMENT, HistoryLists
from scanner.history_reader import HistoryConfig, HistoryReader
from scanner.past_prices import PastPrices
from scanner.reconcile.wiring import SyncContext


def start_history(
    tasks: Nursery, context: SyncContext, settings: Settings, *, is_behind: Callable[[], bool]
) -> None:
    """Read what wallets did before they were followed, unless an operator does not want it.

    Args:
        tasks: in which it runs until the stop.
        context: the database, which knows what is still to be read, and whom to ask.
        settings: how far back, and how fast.
        is_behind: whether the reconciliation is behind the chain: then it has the nodes for itself.
    """
    if not settings.history_transactions:
        return
    database, rpc = context.database, context.rpc
    reader = HistoryReader(
        database,
        HistoryLists(
            rpc, number=settings.history_transactions, history_weight=settings.rpc_history_weight
        ).latest,
        functools.partial(transactions, rpc, commitment=COMMITMENT),
        config=HistoryConfig(
            chain=settings.chain,
            transactions=settings.history_transactions,
            days=settings.history_days,
            requests_per_hour=settings.history_requests,
            quote_mints=context.decoder.quote_mints,
        ),
        owner=settings.instance_id,
        prices=PastPrices(database, functools.partial(_block, rpc), chain=settings.chain),
        is_behind=is_behind,
    )
    tasks.start_forever("history of wallets", reader.run)


async def _block(rpc: RpcPool, slot: int) -> Sequence[Raw]:
    return decode_block(await block(rpc, slot, commitment=COMMITMENT)).transactions
