"""Reads what wallets did before somebody followed them, once for all chats, within an hourly budget.

Signatures, newest first ──> transactions, some at a time ──> decoded, folded ──> below the positions.
A reader that ends in the middle costs what it has read of one wallet; the next one begins that wallet again.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from msgspec import Raw

from chain.blocks.block import read_block as decode_block
from chain.decoders.activities import activities
from chain.decoders.quote_mints import QUOTE_MINTS
from chain.market.trade_price import with_prices
from chain.parsing.transaction import read_transaction
from chain.rpc.blocks import block
from chain.rpc.errors import Rejected
from chain.rpc.owned_accounts import token_accounts
from chain.rpc.pool import RpcPool
from chain.rpc.signatures import ListedSignature, latest_signatures, transactions
from domain.activity.activity import Activity
from domain.errors import Unavailable, Undecodable
from domain.positions.ledger import Ledger
from domain.positions.outcomes import entry_of
from runtime import clock
from runtime.observability.metrics import history_requests
from scanner.past_prices import PastPrices, Worths
from storage.coordination.leases import take_lease
from storage.market.history import (
    ReadHistory,
    UnreadWallet,
    begin_reading,
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
"""Wallets that are next, found in one look at all watches."""
KEPT_SECONDS = 60.0
"""For so long; then one that was followed meanwhile comes first."""
_HOUR = 3_600.0

ListSignatures = Callable[[str, int], Awaitable[Sequence[ListedSignature]]]
"""The latest transactions of an address that took effect, up to a slot, the newest first."""
ReadTransactions = Callable[[Sequence[str]], Awaitable[Sequence[bytes | None]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryConfig:
    """How much of the past is read."""

    chain: str
    transactions: int = 200
    """Of each wallet, at most; 0: none."""
    days: int = 30
    """Nothing older is read."""
    requests_per_hour: int = 2_000
    token_accounts: int = 20
    """Of each wallet, whose transactions are listed as well: what came in may name only them. 0: none."""
    quote_mints: frozenset[str] = QUOTE_MINTS
    """Currencies in which prices are given."""

    @property
    def list_requests(self) -> int:
        """To list what a wallet did, at most: its own list, its accounts by both token programs, theirs."""
        return 1 + (2 + self.token_accounts if self.token_accounts else 0)


class RequestBudget:
    """So many requests an hour, evenly; a tenth of them may be asked at once."""

    def __init__(self, per_hour: int, now: Callable[[], float]) -> None:
        self._seconds = _HOUR / per_hour
        self._now = now
        self._free_at = now() - _HOUR / 10

    def pause(self, requests: int) -> float:
        """Count so many requests; seconds to wait before they are asked."""
        self._free_at = max(self._free_at, self._now() - _HOUR / 10) + requests * self._seconds
        return max(0.0, self._free_at - self._now())


class HistoryReader:
    """Reads the history of one wallet after another, whichever scanner of the chain comes first.

    Args:
        database: where positions stand.
        list_signatures: asks the chain which transactions mention a wallet.
        read: asks the chain for transactions.
        config: how much is read.
        owner: this process: one of a chain reads at a time.
        prices: what SOL cost then; None: dollars of the past stay unknown.
    """

    def __init__(
        self,
        database: Database,
        list_signatures: ListSignatures,
        read: ReadTransactions,
        *,
        config: HistoryConfig,
        owner: str,
        prices: PastPrices | None = None,
    ) -> None:
        self._prices = prices
        self._database = database
        self._list = list_signatures
        self._read = read
        self._config = config
        self._owner = owner
        self._budget = RequestBudget(config.requests_per_hour, clock.monotonic)
        self._next: deque[UnreadWallet] = deque()
        self._kept_until = 0.0

    async def run(self) -> None:
        """Read again and again, for ever."""
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
        """Read the history of the next wallet, unless another scanner reads; whether there was one.

        Raises:
            Unavailable: the database or every node is away.
            Rejected: a node does not list this wallet's transactions; it is not the next again.
        """
        if not await self._may_read():
            return False
        wallet = await self._begin_next()
        if wallet is None:
            return False
        await self._ask(wallet, self._config.list_requests, read=0, planned=0)
        signatures = await self._unknown(wallet, await self._list(wallet.address, wallet.last_slot))
        found = await self._activities(wallet, signatures)
        if found is None:
            return True
        worth = await self._worth(wallet, found, len(signatures))
        books = Ledger()
        entries = [entry_of(one, usd) for one, usd in zip(found, worth.usd, strict=True)]
        mints = {booked.mint for booked in books.fold(entries)}
        await put_history(
            self._database,
            chain=self._config.chain,
            wallet=wallet,
            read=ReadHistory(
                holdings={mint: books.holding(wallet.address, mint) for mint in mints},
                slot=max((one.slot for one in found), default=0),
                transactions=len(signatures),
                is_final=worth.is_final,
            ),
        )
        return True

    async def _worth(self, wallet: UnreadWallet, found: Sequence[Activity], planned: int) -> Worths:
        """Dollars that changed hands in each, where it is known what SOL cost then."""
        if self._prices is None:
            return Worths([None] * len(found), is_final=True)
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

    async def _activities(self, wallet: UnreadWallet, signatures: Sequence[str]) -> list[Activity] | None:
        """What they did, as far back as is read; None: another scanner reads now."""
        found: list[Activity] = []
        oldest = clock.now().timestamp() - self._config.days * 86_400
        for start in range(0, len(signatures), AT_ONCE):
            if not await self._may_read():
                return None
            part = signatures[start : start + AT_ONCE]
            await self._ask(wallet, len(part), read=start, planned=len(signatures))
            decoded = [
                activity
                for raw in await self._read(part)
                if raw is not None
                for activity in self._decoded(raw, wallet.address)
            ]
            found += [one for one in decoded if one.block_time is None or one.block_time >= oldest]
            if decoded and _is_older(decoded[-1], oldest):
                break
        return found

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


def newest_of(lists: Sequence[Sequence[ListedSignature]], number: int) -> list[ListedSignature]:
    """The newest of several lists, each once, the newest first."""
    found = {one.signature: one for listed in lists for one in listed}
    return sorted(found.values(), key=lambda one: -one.slot)[:number]


def _is_older(activity: Activity, oldest: float) -> bool:
    return activity.block_time is not None and activity.block_time < oldest


def history_reader(database: Database, rpc: RpcPool, *, config: HistoryConfig, owner: str) -> HistoryReader:
    """A reader that asks these nodes."""

    async def list_signatures(address: str, last_slot: int) -> Sequence[ListedSignature]:
        accounts: list[str] = []
        if config.token_accounts:
            accounts = await token_accounts(rpc, address, commitment="confirmed")
        lists = [
            await latest_signatures(
                rpc, one, upto=last_slot, number=config.transactions, commitment="confirmed"
            )
            for one in (address, *accounts[: config.token_accounts])
        ]
        return newest_of(lists, config.transactions)

    async def read(signatures: Sequence[str]) -> Sequence[bytes | None]:
        return await transactions(rpc, signatures, commitment="confirmed")

    async def read_block(slot: int) -> Sequence[Raw]:
        return decode_block(await block(rpc, slot, commitment="confirmed")).transactions

    prices = PastPrices(database, read_block, chain=config.chain)
    return HistoryReader(database, list_signatures, read, config=config, owner=owner, prices=prices)
