"""Backfills the history of newly followed wallets, once for all chats, within an hourly budget.

Signatures, newest first ──> transactions, some at a time ──> decoded, folded ──> below the positions.
What was decoded is kept until all of a wallet is read: a reader that ends in the middle, or waits because the
scanner is behind the chain, costs the list of one wallet, and the next one continues there.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from chain.decoders.activities import activities
from chain.decoders.quote_mints import QUOTE_MINTS
from chain.market.trade_price import with_prices
from chain.parsing.transaction import read_transaction
from chain.rpc.errors import Rejected
from chain.rpc.signatures import ListedSignature
from domain.activity.activity import Activity
from domain.errors import Unavailable, Undecodable
from domain.patterns.alone import last_act
from domain.positions.ledger import Ledger
from domain.positions.outcomes import entry_of, sales_of
from runtime import clock
from runtime.observability.metrics import history_requests
from scanner.history_lists import Ask
from scanner.past_prices import PastPrices, TradeValues
from storage.coordination.leases import take_lease
from storage.market.history import (
    HistoryResult,
    UnreadWallet,
    begin_reading,
    keep_transactions,
    kept_transactions,
    known_signatures,
    note_progress,
    put_history,
    unread_wallets,
)
from storage.postgres import Database

log = logging.getLogger(__name__)

IDLE_SECONDS = 10.0
LEASE_SECONDS = 120.0
RETRY_SECONDS = 300.0
"""Until a wallet is tried again whose history could not be read."""
AT_ONCE = 20
"""Transactions asked for at once."""
MAX_KEPT = 100
"""Wallets that are next, found in one check of all watches."""
KEPT_SECONDS = 60.0
"""For so long; then one that was followed meanwhile comes first."""
_HOUR = 3_600.0
_AT_ONCE = 0.1
"""Part of an hour's requests."""

ListSignatures = Callable[[str, int, Ask], Awaitable[Sequence[ListedSignature]]]
"""The latest transactions of an address that took effect, up to a slot, the newest first; it asks before."""
ReadTransactions = Callable[[Sequence[str]], Awaitable[Sequence[bytes | None]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryConfig:
    """How much history is backfilled."""

    chain: str
    transactions: int = 200
    """Of each wallet, at most; 0: none."""
    days: int = 30
    """Nothing older is read."""
    requests_per_hour: int = 2_000
    quote_mints: frozenset[str] = QUOTE_MINTS
    """Currencies in which prices are given."""


class RequestBudget:
    """A budget of requests: a tenth may be used at once, the others spread evenly over an hour."""

    def __init__(self, per_hour: int, now: Callable[[], float]) -> None:
        self._seconds = _HOUR / (per_hour * (1 - _AT_ONCE))
        self._spare = per_hour * _AT_ONCE * self._seconds
        self._now = now
        self._free_at = now() - self._spare

    def pause(self, requests: int) -> float:
        """Charge the requests; return the seconds to wait before they are made."""
        self._free_at = max(self._free_at, self._now() - self._spare) + requests * self._seconds
        return max(0.0, self._free_at - self._now())


class _Past(NamedTuple):
    """What a wallet did."""

    done: Sequence[Activity]
    """All that was read, the newest first."""
    recent: Sequence[Activity]
    """That of the days that are set."""
    is_whole: bool
    """Whether that is all that it ever did."""


class HistoryReader:
    """Reads the history of one wallet after another, whichever scanner of the chain comes first.

    Args:
        database: where positions are stored.
        list_signatures: asks the chain which transactions mention a wallet.
        read: asks the chain for transactions.
        config: how much is read.
        owner: this process: one of a chain reads at a time.
        prices: what SOL cost then; None: dollars of the past stay unknown.
        is_behind: whether the scanner is behind the chain: then it needs the nodes for itself.
    """

    def __init__(  # noqa: PLR0913 - whom it asks, and what it may
        self,
        database: Database,
        list_signatures: ListSignatures,
        read: ReadTransactions,
        *,
        config: HistoryConfig,
        owner: str,
        prices: PastPrices | None = None,
        is_behind: Callable[[], bool] = bool,
    ) -> None:
        self._prices = prices
        self._is_behind = is_behind
        self._database = database
        self._list = list_signatures
        self._read = read
        self._config = config
        self._owner = owner
        self._budget = RequestBudget(config.requests_per_hour, clock.monotonic)
        self._next: deque[UnreadWallet] = deque()
        self._kept_until = 0.0

    async def run(self) -> None:
        """Read repeatedly until cancelled."""
        while True:
            try:
                found = await self.read_next()
            except Unavailable as error:
                log.warning("The history of wallets waits: %s", error)
                found = False
            except Rejected as error:
                log.warning("The history of a wallet is not given, and tried again later: %s", error)
                found = True
            if not found:
                await asyncio.sleep(IDLE_SECONDS)

    async def read_next(self) -> bool:
        """Read the history of the next wallet, unless another scanner reads; return whether there was one.

        Raises:
            Unavailable: the database or every node is unavailable.
            Rejected: a node does not list this wallet's transactions; it is not the next again.
        """
        if not await self._may_read():
            return False
        wallet = await self._begin_next()
        if wallet is None:
            return False
        listed = await self._list(
            wallet.address, wallet.last_slot, lambda requests: self._ask(wallet, requests, read=0, planned=0)
        )
        signatures = await self._unknown(wallet, listed)
        past = await self._past(wallet, signatures, is_all=len(listed) < self._config.transactions)
        if past is None:
            return True
        found = past.recent
        worth = await self._worth(wallet, found, len(signatures))
        books = Ledger()
        entries = [entry_of(one, usd) for one, usd in zip(found, worth.usd, strict=True)]
        booked = [*books.fold(entries)]
        await put_history(
            self._database,
            chain=self._config.chain,
            wallet=wallet,
            read=HistoryResult(
                holdings={one.mint: books.holding(wallet.address, one.mint) for one in booked},
                sales=sales_of(booked),
                slot=max((one.slot for one in found), default=0),
                transactions=len(signatures),
                is_final=worth.is_final,
                last_act=last_act(past.done, is_whole=past.is_whole),
            ),
        )
        return True

    async def _worth(self, wallet: UnreadWallet, found: Sequence[Activity], planned: int) -> TradeValues:
        """Dollars that changed hands in each, where it is known what SOL cost then."""
        if self._prices is None:
            return TradeValues([None] * len(found), is_final=True)
        return await self._prices.worth(found, lambda: self._ask(wallet, 1, read=planned, planned=planned))

    async def _begin_next(self) -> UnreadWallet | None:
        """Begin with the next wallet that is still to be read; None: there is none."""
        if not self._next or clock.monotonic() >= self._kept_until:
            found = await unread_wallets(self._database, chain=self._config.chain, limit=MAX_KEPT)
            self._next = deque(found)
            self._kept_until = clock.monotonic() + KEPT_SECONDS
        while self._next:
            wallet = self._next.popleft()
            if await begin_reading(self._database, wallet, retry_seconds=RETRY_SECONDS):
                return wallet
        return None

    async def _unknown(self, wallet: UnreadWallet, listed: Sequence[ListedSignature]) -> list[str]:
        """The latest transactions of a wallet that are no alerts."""
        latest = [one.signature for one in listed]
        known = await known_signatures(
            self._database, chain=self._config.chain, wallet=wallet.address, signatures=latest
        )
        return [signature for signature in latest if signature not in known]

    async def _past(self, wallet: UnreadWallet, signatures: Sequence[str], *, is_all: bool) -> _Past | None:
        """Return what they did, as far back as is read; None: not all of it may be read now."""
        done = await kept_transactions(self._database, wallet)
        missing = [one for one in signatures if one not in done]
        oldest = clock.now().timestamp() - self._config.days * 86_400
        for start in range(0, len(missing), AT_ONCE):
            if not await self._may_read():
                return None
            part = missing[start : start + AT_ONCE]
            before = len(signatures) - len(missing) + start
            await self._ask(wallet, len(part), read=before, planned=len(signatures))
            raws = zip(part, await self._read(part), strict=True)
            new = {one: self._decoded(raw, wallet.address) for one, raw in raws if raw is not None}
            await keep_transactions(self._database, wallet, new)
            done |= new
            decoded = [*chain.from_iterable(new.values())]
            if decoded and _is_older(decoded[-1], oldest):
                break
        every = [activity for one in signatures for activity in done.get(one, ())]
        recent = [one for one in every if not _is_older(one, oldest)]
        return _Past(done=every, recent=recent, is_whole=is_all and len(done) == len(signatures))

    def _decoded(self, raw: bytes, wallet: str) -> list[Activity]:
        try:
            transaction = read_transaction(raw)
            found = activities(
                transaction,
                chain=self._config.chain,
                wallets=frozenset({wallet}),
                quote_mints=self._config.quote_mints,
            )
            return with_prices(transaction, found)
        except Undecodable as error:
            log.info("A transaction of a wallet's history is left out: %s", error)
            return []

    async def _may_read(self) -> bool:
        """Return whether the nodes have time for this, and no other scanner reads."""
        if self._is_behind():
            return False
        name = f"history {self._config.chain}"
        lease = await take_lease(self._database, name=name, owner=self._owner, seconds=LEASE_SECONDS)
        return lease is not None

    async def _ask(self, wallet: UnreadWallet, requests: int, *, read: int, planned: int) -> None:
        """Note how far the reading is, and wait until so many requests may be made."""
        history_requests.inc(requests)
        pause = self._budget.pause(requests)
        await note_progress(
            self._database,
            wallet,
            transactions=read,
            planned=planned,
            retry_seconds=pause + RETRY_SECONDS,
        )
        await asyncio.sleep(pause)


def _is_older(activity: Activity, oldest: float) -> bool:
    return activity.block_time is not None and activity.block_time < oldest
