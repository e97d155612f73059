"""Which transactions of a block mention which watched wallets, found without decoding them. Pure."""

from msgspec import Raw, Struct

from chain.blocks.block import read_block, signature_of
from chain.blocks.prefilter import mentioned_in, read_mentions
from chain.blocks.wallet_set import WatchedWallets
from chain.decoders.activities import mentioned
from chain.parsing.transaction import read_transaction
from domain.errors import Undecodable


class Match(Struct, frozen=True, kw_only=True):
    """A transaction and the watched wallets that it mentions."""

    position: int
    """Its index in the block, from 0."""
    wallets: tuple[str, ...]
    raw: Raw


class Unreadable(Struct, frozen=True, kw_only=True):
    """A transaction of which nobody can say whom it mentions."""

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
    """The transactions of a getBlock result that mention one of `watched`.

    Raises:
        Undecodable: the block as a whole cannot be read.
    """
    block = read_block(block_result)
    matches: list[Match] = []
    unreadable: list[Unreadable] = []
    for position, raw in enumerate(block.transactions):
        try:
            wallets = _wallets(raw, watched)
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
    """The watched wallets that a transaction of any shape mentions; none if it failed.

    Raises:
        Undecodable: it is no transaction.
    """
    transaction = read_transaction(raw)
    return () if transaction.failed else tuple(mentioned(transaction, watched))


def _wallets(raw: Raw, watched: WatchedWallets) -> tuple[str, ...]:
    wallets = mentioned_in(read_mentions(raw), watched)
    return mentioned_wallets(raw, watched) if wallets is None else wallets
