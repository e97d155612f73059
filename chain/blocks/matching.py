"""Which transactions of a block name watched wallets, and which wallets: found without decoding them."""

from msgspec import Raw, Struct

from chain.blocks.block import read_block, signature_of
from chain.blocks.prefilter import glimpse, named
from chain.blocks.wallet_set import WatchedWallets
from chain.decoders.activities import touched
from chain.parsing.transaction import read_transaction
from domain.errors import Undecodable


class Match(Struct, frozen=True, kw_only=True):
    """A transaction and the watched wallets that it names."""

    position: int
    """Its place in the block, from 0."""
    wallets: tuple[str, ...]
    raw: Raw


class Unreadable(Struct, frozen=True, kw_only=True):
    """A transaction of which nobody can say whom it names."""

    position: int
    signature: str | None
    reason: str
    raw: Raw


class MatchedBlock(Struct, frozen=True, kw_only=True):
    """What of one block concerns watched wallets."""

    parent_slot: int
    block_time: int | None
    matches: list[Match]
    """In the order of the block."""
    unreadable: list[Unreadable]


def matched_block(block_result: bytes | Raw, watched: WatchedWallets) -> MatchedBlock:
    """The transactions of a getBlock result that name one of `watched`.

    Raises:
        Undecodable: the block as a whole cannot be read.
    """
    block = read_block(block_result)
    matches: list[Match] = []
    unreadable: list[Unreadable] = []
    for position, raw in enumerate(block.transactions):
        try:
            wallets = _named(raw, watched)
        except Undecodable as error:
            bad = Unreadable(position=position, signature=signature_of(raw), reason=str(error), raw=raw)
            unreadable.append(bad)
            continue
        if wallets:
            matches.append(Match(position=position, wallets=wallets, raw=raw))
    return MatchedBlock(
        parent_slot=block.parent_slot, block_time=block.block_time, matches=matches, unreadable=unreadable
    )


def mentioned_wallets(raw: bytes | Raw, watched: WatchedWallets) -> tuple[str, ...]:
    """The watched wallets that a transaction of any shape names; none if it failed.

    Raises:
        Undecodable: it is no transaction.
    """
    transaction = read_transaction(raw)
    return () if transaction.failed else tuple(touched(transaction, watched))


def _named(raw: Raw, watched: WatchedWallets) -> tuple[str, ...]:
    wallets = named(glimpse(raw), watched)
    return mentioned_wallets(raw, watched) if wallets is None else wallets
