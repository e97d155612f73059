"""`python -m scanner retry`: tries the quarantine again, with the decoders and the nodes of today.

What is decoded becomes activities and alerts as if it had just been seen; late alerts say how late they are.
"""

import sys
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

from chain.blocks.block import block_activities
from chain.decoders.activities import activities
from chain.decoders.quote_mints import QUOTE_MINTS, quote_mints_of
from chain.parsing.transaction import read_transaction
from chain.rpc.blocks import at_least_confirmed, block, blocks_between
from chain.rpc.config import pool_config
from chain.rpc.errors import Rejected, Skipped
from chain.rpc.pool import RpcPool, open_rpc
from domain.activity.activity import Activity
from domain.errors import NodeUnavailable, Unavailable, Undecodable
from runtime.processes.lifecycle import Stop
from runtime.settings.settings import Settings
from scanner.reconcile.block_reader import quarantined_of
from storage.chats.watches import watched_wallets
from storage.ingest.activities import Batch, QuarantinedTransaction, store
from storage.ingest.quarantine import Quarantined, note_decoded, note_tried, waiting
from storage.postgres import Database, open_database

_AT_ONCE = 100
_MAX_REASON_LENGTH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineRetry:
    """What the quarantine is tried again with."""

    database: Database
    rpc: RpcPool
    chain: str
    commitment: str
    watched: frozenset[str]
    quote_mints: frozenset[str] = QUOTE_MINTS

    async def all(self, stop: Stop) -> tuple[int, int]:
        """Try everything that waits, oldest first; how many were decoded, and how many still wait."""
        decoded = left = 0
        async for one in self._waiting():
            if stop.is_set():
                break
            if await self._try(one):
                decoded += 1
            else:
                left += 1
        return decoded, left

    async def _waiting(self) -> AsyncIterator[Quarantined]:
        after = 0
        while found := await waiting(self.database, chain=self.chain, after=after, most=_AT_ONCE):
            for one in found:
                yield one
            after = found[-1].quarantine_id

    async def _try(self, one: Quarantined) -> bool:
        try:
            found = await self._decode(one)
        except (Undecodable, Unavailable, Skipped, Rejected) as error:
            reason = str(error)[:_MAX_REASON_LENGTH]
            await note_tried(self.database, one.quarantine_id, reason)
            _say(one, f"still cannot be decoded: {reason}")
            return False
        new = await store(self.database, found)
        await note_decoded(self.database, one.quarantine_id)
        _say(one, f"decoded, {len(new)} new alerts")
        return True

    async def _decode(self, one: Quarantined) -> Batch:
        """What the watched wallets did in it; of a block, its own bad transactions become rows of their own.

        Raises:
            Undecodable: it is not understood today either.
            Unavailable, Skipped, Rejected: no node gives the block.
        """
        if one.is_transaction:
            transaction = read_transaction(one.raw, slot=one.slot, block_time=one.block_time)
            found = activities(
                transaction, chain=self.chain, wallets=self.watched, quote_mints=self.quote_mints
            )
            return Batch(chain=self.chain, activities=found)
        if one.raw:
            return self._of_blocks([(one.slot, one.raw)])
        return self._of_blocks(await self._fetched(one))

    async def _fetched(self, one: Quarantined) -> list[tuple[int, bytes]]:
        """Blocks that nobody gave, asked for again; a node that lists none of them proves nothing."""
        commitment = at_least_confirmed(self.commitment)
        slots = await blocks_between(self.rpc, one.slot, one.last_slot, commitment=commitment)
        if not slots:
            raise NodeUnavailable("no node lists a block in these slots")
        return [(slot, await block(self.rpc, slot, commitment=commitment)) for slot in slots]

    def _of_blocks(self, blocks: Iterable[tuple[int, bytes]]) -> Batch:
        found: list[Activity] = []
        quarantined: list[QuarantinedTransaction] = []
        for slot, raw in blocks:
            outcome = block_activities(
                raw, slot=slot, chain=self.chain, watched=self.watched, quote_mints=self.quote_mints
            )
            found += outcome.activities
            quarantined += quarantined_of(slot, outcome)
        return Batch(chain=self.chain, activities=found, quarantined=quarantined)


async def retry(settings: Settings, stop: Stop) -> None:
    """Try the whole quarantine once and print what came of each row."""
    database = await open_database(settings.database_url.reveal())
    try:
        async with open_rpc(settings.rpc_urls, pool_config(settings)) as rpc:
            watched = await watched_wallets(database, chain=settings.chain)
            retrying = QuarantineRetry(
                database=database,
                rpc=rpc,
                chain=settings.chain,
                commitment=settings.commitment,
                watched=frozenset(watched),
                quote_mints=quote_mints_of(settings.quote_mints),
            )
            decoded, left = await retrying.all(stop)
        sys.stdout.write(f"{decoded} decoded, {left} still in quarantine\n")
    finally:
        await database.close()


def _say(one: Quarantined, what: str) -> None:
    slots = f"slot {one.slot}" if one.slot == one.last_slot else f"slots {one.slot} to {one.last_slot}"
    sys.stdout.write(f"{slots} {one.signature or ''}".rstrip() + f": {what}\n")
