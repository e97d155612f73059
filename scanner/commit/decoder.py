"""Decodes blocks and transactions of one chain; what it cannot decode becomes a row of the quarantine."""

from collections.abc import Container
from dataclasses import dataclass

from msgspec import Raw

from chain.blocks.decoding import DecodedBlock, block_activities
from chain.decoders.activities import activities
from chain.decoders.quote_mints import QUOTE_MINTS
from chain.parsing.transaction import Transaction
from domain.activity.activity import Activity
from scanner.commit.sink import BlockContent
from storage.ingest.activities import QuarantinedTransaction

MAX_REASON_LENGTH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoder:
    """Turns what nodes wrote into activities."""

    chain: str
    quote_mints: frozenset[str] = QUOTE_MINTS
    """Mints that prices are expressed in."""

    def block(self, slot: int, raw: bytes | Raw, *, wallets: Container[str]) -> BlockContent:
        """Decode a block; a transaction that cannot be decoded is quarantined and stops nothing.

        Args:
            slot: whose block it is.
            raw: the result of getBlock.
            wallets: whose activities are wanted; a `WatchedWallets` is fastest.

        Raises:
            Undecodable: the block as a whole cannot be read.
        """
        decoded = block_activities(
            raw, slot=slot, chain=self.chain, watched=wallets, quote_mints=self.quote_mints
        )
        return BlockContent(
            slot=slot,
            parent_slot=decoded.parent_slot,
            block_time=decoded.block_time,
            activities=tuple(decoded.activities),
            quarantined=quarantined_of(slot, decoded),
        )

    def transaction(self, transaction: Transaction, *, wallets: Container[str]) -> list[Activity]:
        """What these wallets did in a transaction.

        Raises:
            Undecodable: the balances or instructions contradict each other.
        """
        return activities(transaction, chain=self.chain, wallets=wallets, quote_mints=self.quote_mints)


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
