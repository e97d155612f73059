"""What one transaction moved between wallets of one owner: no trade, and the cost goes along. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from domain.positions.entries import MONEY, Entry


class OwnMove(msgspec.Struct, frozen=True, gc=False):
    """A quantity of a token that went between two wallets of one owner."""

    sender: str
    receiver: str
    sent: int
    arrived: int
    """Less than was sent where the token takes a fee of each transfer."""


class Side(msgspec.Struct, gc=False):
    """What one wallet gave or got of a token, as far as no move takes it in yet."""

    wallet: str
    counterparty: str | None
    raw: int

    def take(self, raw: int) -> None:
        """A move takes in so much of it."""
        self.raw -= raw


OwnMoves = Mapping[tuple[str, str], Sequence[OwnMove]]
"""By wallet and mint, for both wallets of each."""
NO_MOVES: OwnMoves = {}


def own_moves(transaction: Sequence[Entry], own: Collection[str], exchanges: Collection[str]) -> OwnMoves:
    """Return what the entries of one transaction moved among the wallets of one owner.

    Args:
        transaction: its entries, each wallet's once.
        own: the owner's wallets.
        exchanges: those wallets whose entries are trades.
    """
    mine = sorted((entry for entry in transaction if entry.wallet in own), key=lambda one: one.wallet)
    present = {entry.wallet for entry in mine}
    found: dict[tuple[str, str], list[OwnMove]] = defaultdict(list)
    for mint in dict.fromkeys(mint for entry in mine for mint in (*entry.paid, *entry.received)):
        if mint in MONEY:
            continue
        traded = [entry for entry in mine if entry.wallet in exchanges]
        sent = [entry for entry in mine if entry.wallet not in exchanges]
        for move in (*_traded(traded, mint), *_sent(sent, mint, own, present)):
            found[move.sender, mint].append(move)
            found[move.receiver, mint].append(move)
    return found


def _traded(entries: Sequence[Entry], mint: str) -> Iterable[OwnMove]:
    """What one wallet sold and another bought: both sides of the trade have one owner."""
    takers = [entry for entry in entries if entry.received.get(mint)]
    for giver in entries:
        raw = giver.paid.get(mint)
        taker = next((one for one in takers if one.received[mint] == raw and one is not giver), None)
        if raw and taker is not None:
            takers.remove(taker)
            yield OwnMove(giver.wallet, taker.wallet, raw, raw)


def _sent(
    entries: Sequence[Entry], mint: str, own: Collection[str], present: Collection[str]
) -> Iterable[OwnMove]:
    """Transfers: first those between wallets that name each other, last those where none is named."""
    givers = [Side(one.wallet, one.counterparty, one.paid[mint]) for one in entries if one.paid.get(mint)]
    takers = [
        Side(one.wallet, one.counterparty, one.received[mint]) for one in entries if one.received.get(mint)
    ]
    pairs = [(giver, taker) for giver in givers for taker in takers if giver.wallet != taker.wallet]
    for fits in (_name_each_other, _is_named, _name_nobody):
        for giver, taker in pairs:
            if giver.raw and taker.raw and fits(giver, taker):
                yield _pair(giver, taker, is_all=fits is _name_each_other)
    for giver in givers:
        if giver.raw and giver.counterparty in own and giver.counterparty not in present:
            yield OwnMove(giver.wallet, giver.counterparty or "", giver.raw, giver.raw)
    for taker in takers:
        if taker.raw and taker.counterparty in own and taker.counterparty not in present:
            yield OwnMove(taker.counterparty or "", taker.wallet, taker.raw, taker.raw)


def _name_each_other(giver: Side, taker: Side) -> bool:
    return giver.counterparty == taker.wallet and taker.counterparty == giver.wallet


def _is_named(giver: Side, taker: Side) -> bool:
    return giver.counterparty == taker.wallet or taker.counterparty == giver.wallet


def _name_nobody(giver: Side, taker: Side) -> bool:
    return giver.counterparty is None and taker.counterparty is None


def _pair(giver: Side, taker: Side, *, is_all: bool) -> OwnMove:
    """Move what both can have had in common; all that was sent, where nobody else can have got the rest."""
    arrived = min(giver.raw, taker.raw)
    sent = giver.raw if is_all else arrived
    giver.take(sent)
    taker.take(arrived)
    return OwnMove(giver.wallet, taker.wallet, sent, arrived)
