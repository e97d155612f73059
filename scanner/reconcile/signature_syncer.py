"""Reconciliation by signature lists: each pass lists every wallet and its token accounts.

What is listed is fetched, decoded and committed.

For those to whom whole blocks are too expensive, and who watch few wallets: a pass asks for every wallet. It
commits by itself, for there is nothing to hand to processors. One block of each pass is read all the same,
and what it shows is compared with what the lists have shown.
"""

import logging
import random
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from chain.parsing.transaction import read_transaction
from chain.rpc.signatures import ListedSignature
from domain.activity.activity import Activity
from domain.errors import NodeUnavailable, Undecodable
from domain.sharding import bucket_of
from runtime.clock import monotonic
from runtime.observability.metrics import (
    ingest_gap_backfilled,
    ingest_sampled_blocks,
    ingest_unlisted_activities,
)
from scanner.commit.committer import Decoder, Recorder, storable
from scanner.commit.sink import FEED
from scanner.reconcile.block_comparison import BlockComparison
from scanner.reconcile.block_fetcher import FetchedBlock
from scanner.reconcile.signature_lists import ListedTransactions, Lists
from scanner.reconcile.sync_state import SyncConfig, SyncState
from scanner.wallets.watchlist import Watchlist
from storage.ingest.activities import Batch, QuarantinedTransaction

log = logging.getLogger(__name__)

MAX_PER_COMMIT = 100
"""Transactions in one commit."""


def _never_reopened() -> int:
    """No stream is watched."""
    return 0


class SignatureSyncer:
    """Advances sync states to the head of the chain in one pass each."""

    def __init__(  # noqa: PLR0913 - each of them is another part
        self,
        lists: Lists,
        recorder: Recorder,
        decoder: Decoder,
        watchlist: Watchlist,
        config: SyncConfig,
        *,
        name: str = "signatures",
        times_opened: Callable[[], int] = _never_reopened,
        block_comparison: BlockComparison | None = None,
    ) -> None:
        """Create it.

        Args:
            lists: what nodes list.
            recorder: commits.
            decoder: decodes.
            watchlist: whose transactions are listed.
            config: how often and for how long it asks.
            name: what it reads, for operators.
            times_opened: a number that changes when a stream was opened again; then a pass begins at once.
            block_comparison: compares with other nodes what is committed here; None: there is one node.
        """
        self.name = name
        self.pause_seconds = config.every_seconds
        self._lists = lists
        self._recorder = recorder
        self._decoder = decoder
        self._watchlist = watchlist
        self._config = config
        self._times_opened = times_opened
        self._block_comparison = block_comparison

    async def advance(self, state: SyncState, head: int, asked: float) -> int:
        """Run a pass, if it is time for one; return by how many slots the cursor moved.

        Args:
            state: is changed as slots are stored.
            head: the newest slot, at which a pass ends.
            asked: when that was known, by the monotonic clock.

        Raises:
            Unavailable: a server did not answer; nothing is lost by that.
        """
        before, state.head, state.asked = state.cursor, head, asked
        if head <= before or not self.is_due(state):
            return 0
        opened = self._times_opened()
        await self._watchlist.catch_up()
        if not state.keep(self._watchlist.served):
            return 0
        wallets = _in_buckets(self._watchlist.wallets, state.buckets)
        self._lists.accounts.keep_only(self._watchlist.wallets)
        await self._store(state, await self._lists.listed(sorted(wallets), after=before, upto=head), wallets)
        await self._check(state, wallets, before, head)
        await self._recorder.record(self._batch(state, head))
        self._lists.passed()
        state.cursor = head
        state.missing.covered(head)
        state.last_pass = (monotonic(), opened)
        return head - before

    def is_due(self, state: SyncState) -> bool:
        """Return whether it is time for a pass."""
        ended, opened = state.last_pass
        return monotonic() - ended >= self._config.every_seconds or self._times_opened() != opened

    async def _not_stored(self, listed: ListedTransactions) -> list[ListedSignature]:
        """Return what is not stored of every wallet for which it was listed, the oldest first.

        At `processed` everything is read again: what was stored may have vanished and landed elsewhere.
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

    async def _check(self, state: SyncState, wallets: frozenset[str], before: int, head: int) -> None:
        """Look whether the lists left something out; if they did, list all in another way as well."""
        checked = await self._lists.checked(sorted(wallets), upto=before)
        missed = await self._store(state, checked, wallets) + await self._sample(state, before, head)
        if missed:
            await self._store(state, await self._lists.repaired(sorted(wallets), upto=head), wallets)

    async def _store(self, state: SyncState, found: ListedTransactions, wallets: frozenset[str]) -> int:
        """Store what is not stored yet; return how many activities are new. The cursor stays."""
        listed = await self._not_stored(found)
        new = 0
        for start in range(0, len(listed), MAX_PER_COMMIT):
            new += await self._store_some(state, listed[start : start + MAX_PER_COMMIT], wallets)
        return new

    async def _store_some(
        self, state: SyncState, listed: Sequence[ListedSignature], wallets: frozenset[str]
    ) -> int:
        """Fetch, decode and commit.

        What was asked for is what is decoded: `wallets` are those of the pass, whatever is served by now.
        """
        raws = await self._lists.transactions(listed)
        found: list[Activity] = []
        quarantined: list[QuarantinedTransaction] = []
        for one, raw in zip(listed, raws, strict=True):
            try:
                found += self._decoded(state, one, raw, wallets)
            except Undecodable as error:
                quarantined.append(_quarantined(one, raw, str(error)))
        if not found and not quarantined:
            return 0
        batch = replace(self._batch(state, state.cursor), activities=found, quarantined=quarantined)
        new = await self._recorder.record(batch)
        ingest_gap_backfilled.inc(new)
        if self._block_comparison is not None:
            self._block_comparison.looked_up(found)
        return new

    def _decoded(
        self, state: SyncState, one: ListedSignature, raw: bytes | None, wallets: frozenset[str]
    ) -> Iterable[Activity]:
        if raw is None:
            if state.missing.note(one.slot):
                raise Undecodable("no node gives this transaction")
            raise NodeUnavailable(f"a transaction of slot {one.slot} is listed and not given")
        transaction = read_transaction(raw, slot=one.slot, block_time=None)
        self._lists.accounts.learn(transaction, wallets)
        return self._decoder.transaction(transaction, wallets=wallets)

    async def _sample(self, state: SyncState, after: int, upto: int) -> int:
        """Read one block of the pass whole; how many activities it shows that the lists have not shown."""
        slot = random.randint(after + 1, upto)  # noqa: S311 - any will do
        fetched = await self._lists.block(slot)
        if not isinstance(fetched, FetchedBlock):
            return 0
        try:
            block = self._decoder.block(slot, fetched.raw, wallets=self._watchlist.index)
        except Undecodable as error:
            log.info("Slot %d is no sample: %s", slot, error)
            return 0
        ingest_sampled_blocks.inc()
        ours = [one for one in block.activities if _is_in(one.wallet, state.buckets)]
        new = await self._recorder.record(Batch(chain=self._config.chain, activities=ours)) if ours else 0
        if new:
            ingest_unlisted_activities.inc(new)
            log.warning("Slot %d shows %d activities that no list of signatures showed", slot, new)
        return new

    def _batch(self, state: SyncState, slot: int) -> Batch:
        """A batch that moves the cursor to `slot`."""
        return Batch(
            chain=self._config.chain,
            feed=FEED,
            slot=slot,
            buckets=None if state.buckets is None else sorted(state.buckets),
            progress=state.progress(self._config.blind_seconds),
        )


def _is_in(wallet: str, buckets: Collection[int] | None) -> bool:
    return buckets is None or bucket_of(wallet) in buckets


def _in_buckets(wallets: Iterable[str], buckets: Collection[int] | None) -> frozenset[str]:
    return frozenset(wallet for wallet in wallets if _is_in(wallet, buckets))


def _quarantined(one: ListedSignature, raw: bytes | None, reason: str) -> QuarantinedTransaction:
    return QuarantinedTransaction(
        slot=one.slot, position=-1, signature=one.signature, reason=storable(reason), raw=raw or b""
    )
