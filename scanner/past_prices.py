"""What SOL cost in the hours of a wallet's past: one block an hour, read once for all wallets.

The block is one in which the wallet itself did something, so that no search is needed. Its traders say
what SOL cost: the median of what each of them got in dollar tokens. Without one, dollars of that hour stay
unknown.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from statistics import median_low

from msgspec import Raw

from chain.market.coin_fills import coin_fills, fills_at
from chain.rpc.errors import NoHistory, Rejected, Skipped
from domain.activity.activity import SOL, Activity
from domain.activity.amounts import ratio
from domain.activity.prices import dollar_value
from domain.errors import NodeUnreadable, Unavailable, Undecodable
from storage.market.past_prices import HOUR, keep_past_price, past_prices
from storage.postgres import Database

log = logging.getLogger(__name__)

ReadBlock = Callable[[int], Awaitable[Sequence[Raw]]]
"""The transactions of a slot's block, undecoded."""
Ask = Callable[[], Awaitable[None]]
"""Waits until one more request may be made."""


class PastPrices:
    """Says what trades of the past were worth in dollars.

    Args:
        database: where prices of hours are shared.
        read_block: asks the chain.
        chain: the chain.
    """

    def __init__(self, database: Database, read_block: ReadBlock, *, chain: str) -> None:
        self._database = database
        self._read_block = read_block
        self._chain = chain

    async def worth(self, activities: Sequence[Activity], ask: Ask) -> list[Decimal | None]:
        """Dollars that changed hands in each; None: not known.

        Args:
            activities: of the past.
            ask: is called before each request.

        Raises:
            Unavailable: the database is away.
        """
        slots = {hour: one.slot for one in activities if (hour := _hour_of(one)) is not None}
        known = dict(await past_prices(self._database, chain=self._chain, hours=slots))
        for hour in sorted(slots.keys() - known.keys(), reverse=True):
            await ask()
            known[hour] = await self._read(hour, slots[hour])
        return [_worth(one, known) for one in activities]

    async def _read(self, hour: int, slot: int) -> Decimal | None:
        """Read the price of an hour and keep it; what no node answers is asked again by the next wallet."""
        try:
            transactions = await self._read_block(slot)
        except (Unavailable, Rejected, Skipped, NodeUnreadable, NoHistory, Undecodable) as error:
            log.info("What SOL cost in a past hour is not known: %s", error)
            return None
        at = hour * HOUR
        voices = fills_at(coin_fills(transactions, at=at), at)
        usd = ratio(median_low(voices)) if voices else None
        await keep_past_price(self._database, chain=self._chain, hour=hour, usd=usd)
        return usd


def _hour_of(activity: Activity) -> int | None:
    """The hour whose price says what it was worth; None: it moved no SOL, or nobody knows when."""
    moved = {leg.mint for leg in (*activity.paid, *activity.received)}
    is_priced = SOL in moved and len(moved) > 1
    return activity.block_time // HOUR if is_priced and activity.block_time is not None else None


def _worth(activity: Activity, prices: dict[int, Decimal | None]) -> Decimal | None:
    hour = _hour_of(activity)
    usd = None if hour is None else prices.get(hour)
    return dollar_value(activity, {} if usd is None else {SOL: usd})
