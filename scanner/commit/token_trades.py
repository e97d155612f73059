"""Gathers, from blocks that are read whole, all trades of the tokens that chats follow, whoever trades.

While nobody follows a token, a block costs nothing more. Without blocks nothing is seen.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Collection

from msgspec import Raw

from chain.blocks.block import read_block
from chain.decoders.activities import activities
from chain.decoders.quote_mints import QUOTE_MINTS
from chain.market.trade_price import with_prices
from chain.parsing.transaction import read_transaction
from domain.activity.activity import Activity
from domain.errors import Unavailable, Undecodable
from domain.tokens.token_trades import trades_of
from storage.patterns.token_trades import announce_trades, watched_tokens
from storage.postgres import Database

log = logging.getLogger(__name__)
MAX_WAITING = 2_000
"""Trades that wait to be told; of more, while PostgreSQL is away, the oldest are dropped."""
TELL_SECONDS = 1.0
READ_SECONDS = 10.0
"""Between two looks at which tokens are followed."""
AT_ONCE = 200


class TokenTrades:
    """The trades of followed tokens that wait to be told.

    Args:
        chain: of the blocks.
        quote_mints: mints that prices are expressed in.
    """

    def __init__(self, *, chain: str, quote_mints: frozenset[str] = QUOTE_MINTS) -> None:
        self._chain = chain
        self._quote_mints = quote_mints
        self._mints: frozenset[str] = frozenset()
        self._marks: tuple[bytes, ...] = ()
        self._waiting: deque[tuple[str, Activity]] = deque(maxlen=MAX_WAITING)

    def watch(self, mints: Collection[str]) -> None:
        """Look for these from now on."""
        self._mints = frozenset(mints)
        self._marks = tuple(mint.encode() for mint in sorted(mints))

    def see(self, slot: int, block_result: bytes | Raw) -> None:
        """Look through a block; one that cannot be read says nothing."""
        if not self._marks or not self._may_hold(bytes(block_result)):
            return
        try:
            block = read_block(block_result)
        except Undecodable as error:
            log.debug("A block says nothing of followed tokens: %s", error)
            return
        for position, raw in enumerate(block.transactions):
            if self._may_hold(bytes(raw)):
                self._waiting += self._trades(raw, slot, block.block_time, position)

    def take(self, limit: int) -> list[tuple[str, Activity]]:
        """The oldest that wait; they wait no more."""
        return [self._waiting.popleft() for _ in range(min(limit, len(self._waiting)))]

    def give_back(self, trades: list[tuple[str, Activity]]) -> None:
        """Let these wait again, before the others."""
        self._waiting.extendleft(reversed(trades))

    def _may_hold(self, text: bytes) -> bool:
        return any(mark in text for mark in self._marks)

    def _trades(
        self, raw: Raw, slot: int, block_time: int | None, position: int
    ) -> list[tuple[str, Activity]]:
        try:
            transaction = read_transaction(raw, slot=slot, block_time=block_time, position=position)
            found = activities(transaction, chain=self._chain, wallets=None, quote_mints=self._quote_mints)
            return trades_of(with_prices(transaction, found), self._mints)
        except Undecodable as error:
            log.debug("A transaction says nothing of followed tokens: %s", error)
            return []


class TokenTradeTeller:
    """Stores alerts of the trades that were gathered, and looks which tokens are followed.

    Args:
        database: where both stand.
        trades: what was gathered.
        chain: of the trades.
    """

    def __init__(self, database: Database, trades: TokenTrades, *, chain: str) -> None:
        self._database = database
        self._trades = trades
        self._chain = chain

    async def run(self) -> None:
        """Tell again and again, for ever."""
        rounds = int(READ_SECONDS / TELL_SECONDS)
        count = 0
        while True:
            try:
                if count % rounds == 0:
                    self._trades.watch(await watched_tokens(self._database, chain=self._chain))
                await self.announce()
            except Unavailable as error:
                log.info("Trades of followed tokens wait: %s", error)
            count += 1
            await asyncio.sleep(TELL_SECONDS)

    async def announce(self) -> int:
        """Store alerts of what waits; how many.

        Raises:
            Unavailable: PostgreSQL is away; what was taken waits again.
        """
        number = 0
        while trades := self._trades.take(AT_ONCE):
            try:
                number += await announce_trades(self._database, trades)
            except Unavailable:
                self._trades.give_back(trades)
                raise
        return number
