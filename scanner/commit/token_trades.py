"""Collects all trades of followed tokens from whole blocks, or from their pools, whichever wallet trades.

Of tokens that are dollars these are mints and burns: they are traded by everybody all the time.
While nobody follows a token, a block costs nothing more. What waits is lost when the process dies.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Collection

from msgspec import Raw

from chain.blocks.block import read_block
from chain.decoders.activities import activities
from chain.decoders.issuance import issuances
from chain.decoders.quote_mints import QUOTE_MINTS
from chain.market.trade_price import with_prices
from chain.parsing.transaction import Transaction, read_transaction
from domain.activity.activity import Activity
from domain.activity.prices import DOLLAR_MINTS
from domain.errors import Unavailable, Undecodable
from domain.tokens.token_trades import trades_of
from runtime import clock
from runtime.observability import metrics
from storage.patterns.token_trades import announce_trades, watched_tokens
from storage.postgres import Database

log = logging.getLogger(__name__)
MAX_WAITING = 2_000
"""Trades that wait for their alerts; beyond, while PostgreSQL is unavailable, the oldest are dropped."""
INTERVAL_SECONDS = 1.0
READ_SECONDS = 10.0
"""Between two checks at which tokens are followed."""
AT_ONCE = 200


class TokenTrades:
    """The trades of followed tokens whose alerts are not stored yet."""

    def __init__(self) -> None:
        self._traded: frozenset[str] = frozenset()
        self._issued: frozenset[str] = frozenset()
        self._marks: tuple[bytes, ...] = ()
        self._waiting: deque[tuple[str, Activity]] = deque()
        self._feed_at: float | None = None

    @property
    def traded(self) -> frozenset[str]:
        """The tokens whose trades are followed; of dollars only mints and burns are."""
        return self._traded

    def note_feed(self) -> None:
        """A block is looked through because all are; one that is read as a sample is none of these."""
        self._feed_at = clock.monotonic()

    def saw_feed_within(self, seconds: float) -> bool:
        """Return whether a block was looked through in the last `seconds` because all are."""
        return self._feed_at is not None and clock.monotonic() - self._feed_at < seconds

    def watch(self, mints: Collection[str]) -> None:
        """Look for these from now on."""
        self._traded, self._issued = frozenset(mints) - DOLLAR_MINTS, frozenset(mints) & DOLLAR_MINTS
        self._marks = tuple(mint.encode() for mint in sorted(mints))

    def see(
        self, slot: int, block_result: bytes | Raw, *, chain: str, quote_mints: frozenset[str] = QUOTE_MINTS
    ) -> None:
        """Look through a block; one that cannot be read says nothing.

        Args:
            slot: of the block.
            block_result: a node's JSON.
            chain: of the block.
            quote_mints: mints that prices are expressed in.
        """
        if not self._marks or not self._may_hold(bytes(block_result)):
            return
        try:
            block = read_block(block_result)
        except Undecodable as error:
            log.debug("A block cannot be read for followed tokens: %s", error)
            return
        for position, raw in enumerate(block.transactions):
            if not self._may_hold(bytes(raw)):
                continue
            try:
                one = read_transaction(raw, slot=slot, block_time=block.block_time, position=position)
                self._waiting += self._found(one, chain, quote_mints)
            except Undecodable as error:
                log.debug("A transaction cannot be read for followed tokens: %s", error)
        self._drop_oldest()

    def see_transaction(self, raw: bytes, *, chain: str, quote_mints: frozenset[str] = QUOTE_MINTS) -> None:
        """Look through one transaction; one that cannot be read says nothing.

        Args:
            raw: a node's JSON.
            chain: of the transaction.
            quote_mints: mints that prices are expressed in.
        """
        try:
            self._waiting += self._found(read_transaction(raw), chain, quote_mints)
        except Undecodable as error:
            log.debug("A transaction of a pool cannot be read for followed tokens: %s", error)
        self._drop_oldest()

    def _found(
        self, transaction: Transaction, chain: str, quote_mints: frozenset[str]
    ) -> list[tuple[str, Activity]]:
        issued = issuances(transaction, self._issued, chain=chain) if self._issued else []
        found = [(leg.mint, one) for one in issued for leg in (*one.paid, *one.received)]
        if mentions(transaction, self._traded):
            acts = activities(transaction, chain=chain, wallets=None, quote_mints=quote_mints)
            found += trades_of(with_prices(transaction, acts), self._traded)
        return found

    def take(self, limit: int) -> list[tuple[str, Activity]]:
        """The oldest that wait; they wait no longer."""
        return [self._waiting.popleft() for _ in range(min(limit, len(self._waiting)))]

    def give_back(self, trades: list[tuple[str, Activity]]) -> None:
        """Let these wait again, before the others."""
        self._waiting.extendleft(reversed(trades))
        self._drop_oldest()

    def _drop_oldest(self) -> None:
        number = max(0, len(self._waiting) - MAX_WAITING)
        if number:
            log.warning("%d trades of followed tokens are dropped: too many wait", number)
            metrics.token_trades_dropped.inc(number)
            self.take(number)

    def _may_hold(self, text: bytes) -> bool:
        return any(mark in text for mark in self._marks)


def mentions(transaction: Transaction, mints: frozenset[str]) -> bool:
    """Return whether an account of the transaction holds, or held, one of these tokens."""
    balances = (*transaction.pre_tokens, *transaction.post_tokens)
    return bool(mints) and any(one.mint in mints for one in balances)


class TokenTradeAnnouncer:
    """Stores alerts of the trades that were gathered, and looks which tokens are followed.

    Args:
        database: where both are stored.
        trades: what was gathered.
        chain: of the trades.
    """

    def __init__(self, database: Database, trades: TokenTrades, *, chain: str) -> None:
        self._database = database
        self._trades = trades
        self._chain = chain

    async def run(self) -> None:
        """Tell repeatedly until cancelled."""
        polls_each = int(READ_SECONDS / INTERVAL_SECONDS)
        count = 0
        while True:
            try:
                if count % polls_each == 0:
                    self._trades.watch(await watched_tokens(self._database, chain=self._chain))
                await self.announce()
            except Unavailable as error:
                log.info("Trades of followed tokens wait: %s", error)
            count += 1
            await asyncio.sleep(INTERVAL_SECONDS)

    async def announce(self) -> int:
        """Store alerts of what waits; return how many. One that cannot be stored is dropped.

        Raises:
            Unavailable: PostgreSQL is unavailable; what was taken waits again.
        """
        number, at_once = 0, AT_ONCE
        while trades := self._trades.take(at_once):
            try:
                number += await announce_trades(self._database, trades)
            except Unavailable:
                self._trades.give_back(trades)
                raise
            except Exception:
                if len(trades) > 1:  # one of them is at fault: they are announced one by one
                    self._trades.give_back(trades)
                    at_once = 1
                    continue
                log.exception("A trade of a followed token is dropped: it cannot be stored")
                metrics.token_trades_dropped.inc()
        return number
