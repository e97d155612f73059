"""`python -m scanner retry`: tries the quarantine again, with the decoders and the nodes of today.

What is decoded becomes activities and alerts as if it had just been seen; late alerts say how late they are.
"""

import sys
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

from chain.decoders.quote_mints import quote_mints_of
from chain.parsing.transaction import read_transaction
from chain.rpc.blocks import at_least_confirmed, block, blocks_between
from chain.rpc.config import pool_config
from chain.rpc.errors import Rejected, Skipped
from chain.rpc.pool import RpcPool, open_rpc
from domain.errors import NodeUnavailable, Unavailable, Undecodable
from runtime.processes.lifecycle import Stop
from runtime.settings.settings import Settings
from scanner.commit.committer import Decoder, storable
from storage.chats.watched_wallets import watched_wallets
from storage.ingest.activities import Batch, store
from storage.ingest.quarantine import Quarantined, note_decoded, note_tried, waiting
from storage.postgres import Database, open_database

_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineRetry:
    """Tries the quarantine again, with what it needs for that."""

    database: Database
    rpc: RpcPool
    decoder: Decoder
    commitment: str
    watched: frozenset[str]

    async def all(self, stop: Stop) -> tuple[int, int]:
        """Try everything that waits, oldest first; return how many were decoded, and how many still wait."""
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
        while found := await waiting(self.database, chain=self.decoder.chain, after=after, limit=_AT_ONCE):
            for one in found:
                yield one
            after = found[-1].quarantine_id

    async def _try(self, one: Quarantined) -> bool:
        try:
            found = await self._decode(one)
        except (Undecodable, Unavailable, Skipped, Rejected) as error:
            reason = storable(str(error))
            await note_tried(self.database, one.quarantine_id, reason)
            _print_result(one, f"still cannot be decoded: {reason}")
            return False
        new = await store(self.database, found)
        await note_decoded(self.database, one.quarantine_id)
        _print_result(one, f"decoded, {len(new)} new alerts")
        return True

    async def _decode(self, one: Quarantined) -> Batch:
        """What the watched wallets did in it; of a block, its own bad transactions become rows of their own.

        Raises:
            Undecodable: it is not understood today either.
            Unavailable, Skipped, Rejected: no node gives the block.
        """
        if one.is_transaction:
            transaction = read_transaction(one.raw, slot=one.slot, block_time=one.block_time)
            found = self.decoder.transaction(transaction, wallets=self.watched)
            return Batch(chain=self.decoder.chain, activities=found)
        if one.raw:
            return self._of_blocks([(one.slot, one.raw)])
        return self._of_blocks(await self._fetched(one))

    async def _fetched(self, one: Quarantined) -> list[tuple[int, bytes]]:
        """Ask again for blocks that no node gave; a node that lists none of them proves nothing."""
        commitment = at_least_confirmed(self.commitment)
        slots = await blocks_between(self.rpc, one.slot, one.last_slot, commitment=commitment)
        if not slots:
            raise NodeUnavailable("no node lists a block in these slots")
        return [(slot, await block(self.rpc, slot, commitment=commitment)) for slot in slots]

    def _of_blocks(self, raws: Iterable[tuple[int, bytes]]) -> Batch:
        blocks = [self.decoder.block(slot, raw, wallets=self.watched) for slot, raw in raws]
        return Batch(
            chain=self.decoder.chain,
            activities=[activity for block in blocks for activity in block.activities],
            quarantined=[bad for block in blocks for bad in block.quarantined],
        )


async def retry(settings: Settings, stop: Stop) -> None:
    """Try the whole quarantine once and print what came of each row."""
    database = await open_database(settings.database_url.reveal())
    try:
        async with open_rpc(settings.rpc_urls, pool_config(settings)) as rpc:
            watched = await watched_wallets(database, chain=settings.chain)
            retrying = QuarantineRetry(
                database=database,
                rpc=rpc,
                decoder=Decoder(chain=settings.chain, quote_mints=quote_mints_of(settings.quote_mints)),
                commitment=settings.commitment,
                watched=frozenset(watched),
            )
            decoded, left = await retrying.all(stop)
        sys.stdout.write(f"{decoded} decoded, {left} still in quarantine\n")
    finally:
        await database.close()


def _print_result(one: Quarantined, what: str) -> None:
    slots = f"slot {one.slot}" if one.slot == one.last_slot else f"slots {one.slot} to {one.last_slot}"
    sys.stdout.write(f"{slots} {one.signature or ''}".rstrip() + f": {what}\n")
