"""The processor: takes hauls from the queue, decodes them, stores them in the order of each strand.

A haul is dropped from the queue after the commit of what it holds. What makes a strand complete is committed
only where it connects to what is complete already; beyond a gap it is dropped, and the collector, who sees
that, reads the chain again from the cursor.
"""

import logging
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import Raw

from chain.blocks.block import signature_of
from chain.decoders.activities import activities
from chain.decoders.quote_mints import QUOTES
from chain.parsing.transaction import read_transaction
from domain.activity.activity import Activity
from domain.errors import Unavailable, Undecodable
from domain.transaction_batches import Caught, Haul
from runtime.clock import monotonic
from runtime.observability.metrics import hauls as hauls_counted
from runtime.processes.backoff import Backoff
from runtime.processes.lifecycle import Stop
from scanner.commit.recorder import Recorder
from scanner.pipeline.partitions import Strands
from scanner.reconcile.block_decoding import storable
from scanner.reconcile.block_syncer import FEED
from storage.coordination.leases import Fence, Fenced
from storage.ingest.activities import Batch, Poison
from storage.ingest.batch_queue import HaulQueue, Queued
from storage.ingest.partitions import StrandMove, strand_cursors
from storage.postgres import Database

log = logging.getLogger(__name__)

WAIT_SECONDS = 0.5
"""How long the queue is listened to before a new look at what is ours."""
_BACKOFF = Backoff(first=0.1, factor=2.0, longest=2.0)
_NEVER = -1


@dataclass(slots=True)
class Hold:
    """What hauls came to, to be committed together."""

    activities: list[Activity] = field(default_factory=list)
    poison: list[Poison] = field(default_factory=list)
    moves: dict[int, StrandMove] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.activities or self.poison or self.moves)


class Decoding:
    """Turns hauls into what is committed, and commits it."""

    def __init__(
        self, database: Database, recorder: Recorder, *, chain: str, quotes: frozenset[str] = QUOTES
    ) -> None:
        self._database = database
        self._recorder = recorder
        self._chain = chain
        self._quotes = quotes

    async def store(self, hauls: Sequence[Haul], *, fences: Sequence[Fence] = ()) -> None:
        """Commit what these hold, each strand's in the order given, as far as it is new and connects.

        Raises:
            DatabaseUnavailable: nothing is stored, or all is; say it again.
            Fenced: a strand is somebody else's; nothing is stored.
        """
        cursors: Mapping[int, int] = {}
        if any(haul.upto is not None for haul in hauls):
            cursors = await strand_cursors(self._database, chain=self._chain, feed=FEED)
        hold = self._decoded(hauls, dict(cursors))
        if hold:
            batch = Batch(
                chain=self._chain,
                activities=hold.activities,
                poison=hold.poison,
                feed=FEED,
                strands=list(hold.moves.values()),
                fences=fences,
            )
            await self._recorder.record(batch)

    def _decoded(self, hauls: Iterable[Haul], cursors: dict[int, int]) -> Hold:
        hold = Hold()
        for haul in hauls:
            hauls_counted.labels(self._take(hold, haul, cursors)).inc()
        return hold

    def _take(self, hold: Hold, haul: Haul, cursors: dict[int, int]) -> str:
        """Add a haul to what is committed; what became of it."""
        if haul.upto is None or haul.after is None:
            self._add(hold, haul.caught)
            return "hint"
        cursor = cursors.get(haul.strand, _NEVER)
        if haul.upto <= cursor:
            return "known"
        if haul.after > cursor:
            return "gap"
        self._add(hold, haul.caught)
        begun = hold.moves.get(haul.strand)
        after = haul.after if begun is None else begun.after
        hold.moves[haul.strand] = StrandMove(strand=haul.strand, after=after, upto=haul.upto)
        cursors[haul.strand] = haul.upto
        return "stored"

    def _add(self, hold: Hold, caught: Iterable[Caught]) -> None:
        for one in caught:
            try:
                hold.activities += self._activities(one)
            except Undecodable as error:
                if one.position is not None:  # it stands in a block
                    hold.poison.append(_poison(one, str(error)))
                else:
                    log.info("A notification is left to the reconciliation: %s", error)

    def _activities(self, one: Caught) -> list[Activity]:
        transaction = read_transaction(
            one.raw, slot=one.slot, block_time=one.block_time, position=one.position
        )
        return activities(transaction, chain=self._chain, wallets=frozenset(one.wallets), quotes=self._quotes)


class Processor:
    """Works off the strands that are ours."""

    def __init__(self, queue: HaulQueue, decoding: Decoding, strands: Strands) -> None:
        self.strands = strands
        self.advanced = monotonic()
        """When it last stored something, or found nothing to store."""
        self._queue = queue
        self._decoding = decoding

    async def run(self, stop: Stop) -> None:
        """Work until the stop; what was begun then is finished. Servers that are away only cost time."""
        failures = 0
        while not stop.is_set():
            try:
                await self.step()
                failures = 0
            except Unavailable as error:
                if isinstance(error, Fenced):
                    self.strands.fenced()
                failures += 1
                log.warning("Hauls wait: %s", error)
                await stop.sleep(_BACKOFF.wait(failures, random.random()))  # noqa: S311 - spreads retries

    async def step(self) -> int:
        """Take what waits, store it, drop it; how many hauls that were.

        Raises:
            Unavailable: a server did not answer; nothing is lost by that.
        """
        held = self.strands.held
        if not held:
            self.advanced = monotonic()
            await self.strands.changed(WAIT_SECONDS)
            return 0
        taken = await self._queue.take(held, seconds=WAIT_SECONDS)
        if taken:
            await self._store(taken, held)
        self.advanced = monotonic()
        return len(taken)

    async def _store(self, taken: Sequence[Queued], held: Mapping[int, Fence]) -> None:
        hauls = [one.haul for one in taken if one.haul is not None]
        hauls_counted.labels("unreadable").inc(len(taken) - len(hauls))
        fences = [held[strand] for strand in sorted({one.strand for one in taken})]
        await self._decoding.store(hauls, fences=fences)
        await self._queue.drop({one.strand: one.entry for one in taken})


def _poison(one: Caught, reason: str) -> Poison:
    return Poison(
        slot=one.slot or 0,
        position=one.position if one.position is not None else _NEVER,
        signature=signature_of(Raw(one.raw)),
        reason=storable(reason),
        raw=one.raw,
        block_time=one.block_time,
    )
