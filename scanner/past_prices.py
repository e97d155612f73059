"""Historical prices of SOL by the hour: one block per hour, read once for all wallets.

The block is one in which the wallet itself did something, so that no search is needed. Its traders say
what SOL cost: the median of what each of them got in dollar tokens. Where nobody traded, the next blocks are
read, by this wallet and the next ones; where no node answers, the wallet's history is read again later.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from statistics import median_low
from typing import NamedTuple

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
MAX_BLOCKS = 3
"""Of one hour, that are read for one wallet at most."""


class TradeValues(NamedTuple):
    """What trades were worth."""

    usd: Sequence[Decimal | None]
    """Dollars that changed hands in each; None: not known."""
    is_final: bool
    """Whether asking again later would say no longer."""


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

    async def worth(self, activities: Sequence[Activity], ask: Ask) -> TradeValues:
        """Dollar value of each.

        Args:
            activities: of the past.
            ask: is called before each request.

        Raises:
            Unavailable: the database is unavailable.
        """
        slots = {hour: one.slot for one in activities if (hour := _hour_of(one)) is not None}
        known = dict(await past_prices(self._database, chain=self._chain, hours=slots))
        is_final = True
        for hour in sorted(slots.keys() - known.keys(), reverse=True):
            try:
                known[hour] = await self._read(hour, slots[hour], ask)
            except (Unavailable, Rejected, NodeUnreadable, Undecodable) as error:
                log.info("The price of SOL in a past hour is not known: %s", error)
                is_final = False
        return TradeValues([_worth(one, known) for one in activities], is_final)

    async def _read(self, hour: int, slot: int, ask: Ask) -> Decimal | None:
        """Read the price of an hour and keep it, or that nobody traded in so many of its blocks."""
        at, usd, tries = hour * HOUR, None, 0
        while usd is None and tries < MAX_BLOCKS:
            await ask()
            voices = fills_at(coin_fills(await self._transactions(slot + tries), at=at), at)
            usd = ratio(median_low(voices)) if voices else None
            tries += 1
        await keep_past_price(self._database, chain=self._chain, hour=hour, usd=usd, tries=tries)
        return usd

    async def _transactions(self, slot: int) -> Sequence[Raw]:
        """Of a block; none where the slot has no block, or every node has forgotten it."""
        try:
            return await self._read_block(slot)
        except (Skipped, NoHistory):
            return []


def _hour_of(activity: Activity) -> int | None:
    """The hour whose price says what it was worth; None: it moved no SOL, or nobody knows when."""
    given, got = activity.sides
    moved = {leg.mint for leg in (*given, *got)}
    is_priced = SOL in moved and len(moved) > 1
    return activity.block_time // HOUR if is_priced and activity.block_time is not None else None


def _worth(activity: Activity, prices: dict[int, Decimal | None]) -> Decimal | None:
    hour = _hour_of(activity)
    usd = None if hour is None else prices.get(hour)
    return dollar_value(activity, {} if usd is None else {SOL: usd})
