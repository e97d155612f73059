"""The reconciliation by signatures: what nodes list for each wallet and its token accounts, round by round.

For those to whom whole blocks are too dear, and who watch few wallets: a round asks for every wallet. Now and
then a block is read all the same, and what it shows is compared with what the lists have shown.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from chain.decoders.activities import activities
from chain.decoders.quote_mints import QUOTE_MINTS
from chain.parsing.transaction import read_transaction
from chain.rpc.pool import RpcPool
from chain.rpc.signatures import ListedSignature, signatures_between, transactions
from domain.activity.activity import Activity
from domain.errors import NodeUnavailable, Undecodable
from domain.sharding import bucket_of
from runtime.clock import monotonic
from runtime.observability.metrics import ingest_gap_backfilled, ingest_sampled_blocks, ingest_untold
from scanner.commit.recorder import Recorder
from scanner.reconcile.block_fetcher import BlockFetcher, FetchedBlock
from scanner.reconcile.block_reader import BlockReader, storable
from scanner.reconcile.block_syncer import FEED, SyncState
from scanner.reconcile.missing_slots import MissingSlots
from scanner.wallets.token_accounts import TokenAccounts
from scanner.wallets.watchlist import Watchlist
from storage.ingest.activities import Batch, QuarantinedTransaction

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Addresses that are asked for together."""
FETCHED_TOGETHER = 100
"""Transactions in one commit at most."""

Round = dict[str, tuple[ListedSignature, set[str]]]
"""What a round lists, by signature, with the wallets that it was listed for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureSyncConfig:
    """How often to ask."""

    chain: str
    quote_mints: frozenset[str] = QUOTE_MINTS
    """Mints that prices are told in."""
    commitment: str = "confirmed"
    every_seconds: float = 30.0
    """From round to round; a stream that was lost brings the next one forward."""
    patience_seconds: float = 600.0
    """How long a transaction that is listed and not given holds up a round, before it is put aside."""
    blind_seconds: float | None = None
    """A cursor that stood still for longer was blind, which chats are told; None: they are not."""


class SignatureSyncer:
    """Takes walks to the head of the chain in one round each; stands in the place of `BlockSyncer`."""

    name = "signatures"

    def __init__(
        self,
        rpc: RpcPool,
        watched: Watchlist,
        recorder: Recorder,
        config: SignatureSyncConfig,
        accounts: TokenAccounts | None = None,
    ) -> None:
        self.hurry: Callable[[], int] = lambda: 0
        """A number that changes when a stream was opened anew: then a round begins at once."""
        self.pause_seconds = config.every_seconds
        self._rpc = rpc
        self._watched = watched
        self._recorder = recorder
        self._config = config
        self._fetcher = BlockFetcher(rpc, commitment=config.commitment)
        self._reader = BlockReader(watched.index, chain=config.chain, quote_mints=config.quote_mints)
        self._accounts = accounts or TokenAccounts(rpc, commitment=config.commitment)

    def walk(self, cursor: int, buckets: frozenset[int] | None = None) -> SyncState:
        """A walk that begins after this slot."""
        missing = MissingSlots(self._rpc.names, patience=self._config.patience_seconds)
        return SyncState(cursor=cursor, buckets=buckets, missing=missing)

    async def checkpoint(self, walk: SyncState) -> None:
        """Store where the walk stands, before anything was read."""
        await self._recorder.record(self._moved(walk, walk.cursor))

    async def advance(self, walk: SyncState, head: int, asked: float) -> int:
        """A round, if it is time for one; by how many slots the cursor moved.

        Raises:
            Unavailable: a server did not answer; nothing is lost by that.
        """
        before, walk.head, walk.asked = walk.cursor, head, asked
        if head <= before or not self.is_due(walk):
            return 0
        opened = self.hurry()
        await self._watched.catch_up()
        if not walk.keep(self._watched.served):
            return 0
        buckets = walk.buckets
        wallets = [w for w in self._watched.wallets if buckets is None or bucket_of(w) in buckets]
        listed = await self._unknown(await self._listed(wallets, after=before, upto=head))
        for start in range(0, len(listed), FETCHED_TOGETHER):
            await self._store(walk, listed[start : start + FETCHED_TOGETHER], frozenset(wallets))
        await self._sample(walk, before, head)
        await self._recorder.record(self._moved(walk, head))
        walk.cursor = head
        walk.missing.settled(head)
        walk.rested = (monotonic(), opened)
        return head - before

    def is_due(self, walk: SyncState) -> bool:
        """Whether it is time for a round."""
        last, opened = walk.rested
        return monotonic() - last >= self._config.every_seconds or self.hurry() != opened

    async def _listed(self, wallets: Sequence[str], *, after: int, upto: int) -> Round:
        """What is listed for these wallets and did not fail."""
        found: Round = {}
        self._accounts.keep_only(self._watched.wallets)
        for start in range(0, len(wallets), AT_ONCE):
            part = wallets[start : start + AT_ONCE]
            lists = await asyncio.gather(*(self._of_wallet(w, after, upto) for w in part))
            for wallet, listed in zip(part, lists, strict=True):
                for one in listed:
                    found.setdefault(one.signature, (one, set()))[1].add(wallet)
        return found

    async def _unknown(self, listed: Round) -> list[ListedSignature]:
        """What is not stored of every wallet that it was listed for, the oldest first.

        At `processed` all is looked at again: what was stored then may have vanished and landed elsewhere.
        """
        known: frozenset[tuple[str, str]] = frozenset()
        if self._config.commitment != "processed":
            known = await self._recorder.known(chain=self._config.chain, signatures=sorted(listed))
        unknown = [
            one
            for one, wallets in listed.values()
            if any((one.signature, wallet) not in known for wallet in wallets)
        ]
        return sorted(unknown, key=lambda one: one.slot)

    async def _of_wallet(self, wallet: str, after: int, upto: int) -> list[ListedSignature]:
        """Of the wallet itself first: what it did may have opened token accounts."""
        found = await self._of_address(wallet, after, upto)
        if not all(self._accounts.has_learned_from(one.signature) for one in found):
            self._accounts.doubt(wallet)
        for account in await self._accounts.of(wallet):
            found += await self._of_address(account, after, upto)
        return found

    async def _of_address(self, address: str, after: int, upto: int) -> list[ListedSignature]:
        listed = await signatures_between(
            self._rpc, address, after=after, upto=upto, commitment=self._config.commitment
        )
        return [one for one in listed if not one.failed]

    async def _store(
        self, walk: SyncState, listed: Sequence[ListedSignature], wallets: frozenset[str]
    ) -> None:
        """Fetch, decode and commit; the cursor stays, for there may be more in the same slots.

        What was asked for is what is decoded: `wallets` are those of the round, whatever is served by now.
        """
        signatures = [one.signature for one in listed]
        raws = await transactions(self._rpc, signatures, commitment=self._config.commitment)
        found: list[Activity] = []
        quarantined: list[QuarantinedTransaction] = []
        for one, raw in zip(listed, raws, strict=True):
            try:
                found += self._decoded(walk, one, raw, wallets)
            except Undecodable as error:
                quarantined.append(_quarantined(one, raw, str(error)))
        if found or quarantined:
            batch = replace(self._moved(walk, walk.cursor), activities=found, quarantined=quarantined)
            ingest_gap_backfilled.inc(await self._recorder.record(batch))

    def _decoded(
        self, walk: SyncState, one: ListedSignature, raw: bytes | None, wallets: frozenset[str]
    ) -> Iterable[Activity]:
        if raw is None:
            if walk.missing.note(one.slot):
                raise Undecodable("no node gives this transaction")
            raise NodeUnavailable(f"a transaction of slot {one.slot} is listed and not given")
        transaction = read_transaction(raw, slot=one.slot, block_time=None)
        self._accounts.learn(transaction, wallets)
        return activities(
            transaction,
            chain=self._config.chain,
            wallets=wallets,
            quote_mints=self._config.quote_mints,
        )

    async def _sample(self, walk: SyncState, after: int, upto: int) -> None:
        """Read one block of the round whole: what it shows must have been told already."""
        slot = random.randint(after + 1, upto)  # noqa: S311 - any will do
        fetched = await self._fetcher.at(slot)
        block = self._reader.read(fetched) if isinstance(fetched, FetchedBlock) else None
        if block is None:
            return
        ingest_sampled_blocks.inc()
        ours = _in_buckets(block.activities, walk.buckets)
        new = await self._recorder.record(Batch(chain=self._config.chain, activities=ours)) if ours else 0
        if new:
            ingest_untold.inc(new)
            log.warning("Slot %d shows %d activities that no list of signatures told of", slot, new)

    def _moved(self, walk: SyncState, slot: int) -> Batch:
        return Batch(
            chain=self._config.chain,
            feed=FEED,
            slot=slot,
            buckets=None if walk.buckets is None else sorted(walk.buckets),
            progress=walk.progress(self._config.blind_seconds),
        )


def _in_buckets(found: Iterable[Activity], buckets: Collection[int] | None) -> list[Activity]:
    return [one for one in found if buckets is None or bucket_of(one.wallet) in buckets]


def _quarantined(one: ListedSignature, raw: bytes | None, reason: str) -> QuarantinedTransaction:
    return QuarantinedTransaction(
        slot=one.slot, position=-1, signature=one.signature, reason=storable(reason), raw=raw or b""
    )
