"""The commit sink of a whole scanner: decodes what was read, and commits it in this process."""

import logging
from collections.abc import Callable, Sequence

from msgspec import Raw, structs

from chain.blocks.wallet_set import WatchedWallets
from chain.parsing.transaction import Transaction, read_transaction
from chain.stream.messages import PushedTransaction
from domain.activity.activity import Activity
from domain.errors import Unavailable, Undecodable
from runtime.clock import unix
from scanner.commit.decoder import Decoder
from scanner.commit.recorder import Recorder
from scanner.commit.sink import FEED, BlockContent, SyncedSlots
from storage.ingest.activities import Batch

log = logging.getLogger(__name__)


MAX_AGE_SECONDS = 300
"""How old what a stream pushes may say to be; else its time counts as unknown, until the block says it."""


def _learn_nothing(_transaction: Transaction) -> None:
    """Nothing more is learned from transactions."""


class Committer:
    """Decodes and commits; it always has room, and loses nothing that it has taken."""

    def __init__(
        self,
        recorder: Recorder,
        decoder: Decoder,
        watched: WatchedWallets,
        *,
        learn: Callable[[Transaction], None] = _learn_nothing,
        provisional: bool = False,
    ) -> None:
        """Build it.

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
        """Decode a block."""
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
        """Store each by itself: what cannot be stored spoils nothing else."""
        for one in found:
            try:
                await self._record_pushed([one])
            except Exception:
                log.exception("An activity of slot %d is left to the reconciliation", one.slot)
