"""Samples recent fills of SOL against dollar tokens from the blocks that are read.

They check the published price, so no single account decides the price of SOL.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from msgspec import Raw

from chain.blocks.block import read_block
from chain.market.coin_fills import FRESH_SECONDS, CoinFill, coin_fills
from domain.errors import Undecodable
from runtime.clock import monotonic

log = logging.getLogger(__name__)
POLL_SECONDS = 5.0
"""Between two blocks that are looked through: what costs time is done seldom."""
MAX_FILLS = 500


class CoinFills:
    """The fills of the last minute; those of older blocks, which are read late, say nothing."""

    def __init__(self, *, clock: Callable[[], float] = monotonic) -> None:
        """Create it.

        Args:
            clock: seconds that only grow.
        """
        self._clock = clock
        self._looked_at = -POLL_SECONDS
        self._fills: deque[CoinFill] = deque(maxlen=MAX_FILLS)

    def see(self, block_result: bytes | Raw) -> None:
        """Look through a block, unless one was a moment ago; one that cannot be read says nothing."""
        if self._clock() - self._looked_at < POLL_SECONDS:
            return
        self._looked_at = self._clock()
        try:
            block = read_block(block_result)
        except Undecodable as error:
            log.debug("A block cannot be read for the price of SOL: %s", error)
            return
        if block.block_time is not None:
            self.add(coin_fills(block.transactions, at=block.block_time))

    def add(self, fills: Iterable[CoinFill]) -> None:
        """Keep these; the oldest go beyond `MAX_FILLS`."""
        self._fills.extend(fills)

    @property
    def fresh(self) -> Sequence[CoinFill]:
        """Those of the newest minute of block time that was seen."""
        newest = max((fill.at for fill in self._fills), default=0)
        return [fill for fill in self._fills if fill.at >= newest - FRESH_SECONDS]
