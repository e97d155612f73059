"""The commit sink of a whole scanner: decodes what was read, commits it in this process, and announces it.

What cannot be decoded becomes a row of the quarantine. Recording is the last stage of the live stream and
of the reconciliation.
"""

import logging
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from msgspec import Raw, structs

from chain.blocks.decoding import DecodedBlock, block_activities
from chain.blocks.wallet_set import WatchedWallets
from chain.decoders.activities import activities
from chain.decoders.quote_mints import QUOTE_MINTS
from chain.market.pools import PoolNote
from chain.market.trade_price import with_prices
from chain.parsing.transaction import Transaction, read_transaction
from chain.stream.messages import PushedTransaction
from domain.activity.activity import Activity
from domain.errors import Unavailable, Undecodable
from runtime.clock import unix
from runtime.processes.lifecycle import failpoint
from scanner.commit.coin_fills import CoinFills
from scanner.commit.figures import note_commit
from scanner.commit.sink import FEED, BlockContent, SyncedSlots
from scanner.commit.token_trades import TokenTrades
from scanner.roles import ALL_WALLETS, NO_BUCKETS, Role
from storage.coordination.leases import Fenced
from storage.ingest.activities import Batch, QuarantinedTransaction, known_activities, store
from storage.postgres import Database

log = logging.getLogger(__name__)

MAX_REASON_LENGTH = 500
MAX_AGE_SECONDS = 300
"""Maximum age of a pushed block time; older times count as unknown until the block is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoder:
    """Decodes raw blocks and transactions into activities."""

    chain: str
    quote_mints: frozenset[str] = QUOTE_MINTS
    """Mints that prices are expressed in."""
    pool_notes: Mapping[str, PoolNote] = field(default_factory=dict)
    """By pool, the last known state of its account."""
    trades: TokenTrades = field(default_factory=TokenTrades)
    """Gathers from the blocks the trades of tokens that chats follow."""
    fills: CoinFills = field(default_factory=CoinFills)
    """Gathers from the blocks what all traders got and gave for SOL."""

    def block(self, slot: int, raw: bytes | Raw, *, wallets: Container[str]) -> BlockContent:
        """Decode a block; a transaction that cannot be decoded is quarantined and stops nothing.

        Args:
            slot: whose block it is.
            raw: the result of getBlock.
            wallets: whose activities are wanted; a `WatchedWallets` is fastest.

        Raises:
            Undecodable: the block as a whole cannot be read.
        """
        self.fills.see(raw)
        self.trades.see(slot, raw, chain=self.chain, quote_mints=self.quote_mints)
        decoded = block_activities(
            raw,
            slot=slot,
            chain=self.chain,
            watched=wallets,
            quote_mints=self.quote_mints,
            enrich=partial(with_prices, notes=self.pool_notes),
        )
        return BlockContent(
            slot=slot,
            parent_slot=decoded.parent_slot,
            blockhash=decoded.blockhash,
            previous_blockhash=decoded.previous_blockhash,
            block_time=decoded.block_time,
            activities=tuple(decoded.activities),
            quarantined=quarantined_of(slot, decoded),
        )

    def transaction(self, transaction: Transaction, *, wallets: Container[str]) -> list[Activity]:
        """Return what these wallets did in a transaction.

        Raises:
            Undecodable: the balances or instructions contradict each other.
        """
        found = activities(transaction, chain=self.chain, wallets=wallets, quote_mints=self.quote_mints)
        return with_prices(transaction, found, self.pool_notes)


def quarantined_of(slot: int, decoded: DecodedBlock) -> tuple[QuarantinedTransaction, ...]:
    """What of a block could not be decoded. Positions are unknown here; counting down keeps rows apart."""
    return tuple(
        QuarantinedTransaction(
            slot=slot,
            position=-2 - count,
            signature=storable(signature) if signature else None,
            reason=storable(reason),
            raw=raw,
            block_time=decoded.block_time,
        )
        for count, (signature, raw, reason) in enumerate(decoded.undecodable)
    )


def storable(text: str) -> str:
    """Text that PostgreSQL takes: without NUL and of a bounded length; the raw bytes are kept beside it."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")[:MAX_REASON_LENGTH]


class Announcer(Protocol):
    """Wakes the dispatcher, which decides about alerts."""

    def announce(self, mints: frozenset[str], wallets: frozenset[str]) -> None:
        """New alerts about these mints and wallets are stored in PostgreSQL. It must not wait."""


class Recorder:
    """Stores batches and announces them after the commit; a lost announcement costs only time."""

    def __init__(self, database: Database, announcer: Announcer, role: Role = ALL_WALLETS) -> None:
        """Create it.

        Args:
            database: where batches are stored.
            announcer: is called after each commit that brought new alerts.
            role: says under which lease is written, and whether this scanner may write at all.
        """
        self._database = database
        self._announcer = announcer
        self._role = role

    async def record(self, batch: Batch) -> int:
        """Commit a batch and announce its alerts; return how many of them are new.

        Raises:
            DatabaseUnavailable: nothing is stored, or all is and the answer was lost; record it again.
            Fenced: another scanner has the assignment; nothing is stored.
        """
        assignment = self._role.assignment
        if assignment.buckets == NO_BUCKETS:
            raise Fenced("it is another scanner's turn")
        if batch.activities:
            failpoint("decoded")
        fences = (*batch.fences, *([assignment.fence] if assignment.fence else []))
        new = len(await store(self._database, replace(batch, fences=fences)))
        note_commit(batch, new)
        if new:
            failpoint("stored")
            wallets = frozenset(activity.wallet for activity in batch.activities)
            self._announcer.announce(mints_of(batch.activities), wallets)
        return new

    async def known(self, *, chain: str, signatures: Sequence[str]) -> frozenset[tuple[str, str]]:
        """Signature and wallet of each activity that is stored already of these transactions.

        Raises:
            DatabaseUnavailable: nothing is known.
        """
        return await known_activities(self._database, chain=chain, signatures=signatures)


def mints_of(activities: Iterable[Activity]) -> frozenset[str]:
    """Every mint that changed hands."""
    return frozenset(leg.mint for activity in activities for leg in (*activity.paid, *activity.received))


def _learn_nothing(_transaction: Transaction) -> None:
    """Ignores transactions."""


class Committer:
    """Decodes and commits; it always has room, and loses nothing that it accepted."""

    def __init__(
        self,
        recorder: Recorder,
        decoder: Decoder,
        watched: WatchedWallets,
        *,
        learn: Callable[[Transaction], None] = _learn_nothing,
        provisional: bool = False,
    ) -> None:
        """Create it.

        Args:
            recorder: commits and announces.
            decoder: decodes.
            watched: whose activities are wanted; the set changes as people follow wallets.
            learn: called with each pushed transaction that was decoded.
            provisional: whether pushed transactions are not confirmed, and may still die with their fork.
        """
        self._recorder = recorder
        self._decoder = decoder
        self._watched = watched
        self._learn = learn
        self._provisional = provisional

    async def checkpoint(self, slots: SyncedSlots) -> None:
        """Store where a feed begins."""
        await self.commit(slots)

    async def resume_at(self, cursor: int) -> int | None:
        """Always at the cursor: what is up to there is committed."""
        return cursor

    def read(self, slot: int, raw: Raw) -> BlockContent:
        """Decode a block of the feed."""
        self._decoder.trades.note_feed()
        return self._decoder.block(slot, raw, wallets=self._watched)

    async def commit(self, slots: SyncedSlots) -> int:
        """Commit activities, quarantine and cursor in one transaction; how many new alerts that made."""
        blocks = slots.blocks
        return await self._recorder.record(
            Batch(
                chain=self._decoder.chain,
                activities=[activity for block in blocks for activity in block.activities],
                quarantined=[*slots.quarantined, *(bad for block in blocks for bad in block.quarantined)],
                feed=FEED,
                slot=slots.upto,
                buckets=None if slots.buckets is None else sorted(slots.buckets),
                progress=slots.progress,
            )
        )

    async def commit_pushed(self, pushed: Sequence[PushedTransaction]) -> None:
        """Commit what watched wallets did in these transactions, as a stream says; blocks will show it."""
        found = [activity for transaction in pushed for activity in self.decoded(transaction)]
        if not found:
            return
        try:
            await self._record_pushed(found)
        except Unavailable as error:
            log.warning("%d activities are left to the reconciliation: %s", len(found), error)
        except Exception:
            log.exception("A batch cannot be stored; its activities are stored one by one")
            await self._record_apart(found)

    def decoded(self, pushed: PushedTransaction) -> list[Activity]:
        """What watched wallets did in a pushed transaction; where two nodes must agree, what both say."""
        try:
            found = self._read_pushed(pushed, pushed.raw)
            if pushed.agreed is not None:
                others = {one.essence() for one in self._read_pushed(pushed, pushed.agreed)}
                found = [one for one in found if one.essence() in others]
        except Undecodable as error:
            log.info("A notification is left to the reconciliation: %s", error)
            return []
        return found

    def _read_pushed(self, pushed: PushedTransaction, raw: Raw | None) -> list[Activity]:
        transaction = read_transaction(raw or b"", slot=pushed.slot or 0, block_time=None)
        self._learn(transaction)
        found = self._decoder.transaction(transaction, wallets=self._watched)
        time = transaction.block_time
        if time is None or abs(unix() - time) <= MAX_AGE_SECONDS:
            return found
        return [structs.replace(one, block_time=None) for one in found]

    async def _record_pushed(self, found: Sequence[Activity]) -> None:
        await self._recorder.record(
            Batch(chain=self._decoder.chain, activities=found, provisional=True, may_move=self._provisional)
        )

    async def _record_apart(self, found: Sequence[Activity]) -> None:
        """Store each separately, so that one that cannot be stored affects no other."""
        for one in found:
            try:
                await self._record_pushed([one])
            except Exception:
                log.exception("An activity of slot %d is left to the reconciliation", one.slot)
