"""What somebody on the local chain did, to the last unit; alerts are judged against it."""

from dataclasses import dataclass

from domain.activity.activity import SOL, Kind, Leg


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What one wallet did in one transaction."""

    signature: str
    slot: int
    wallet: str
    """The address of the wallet that did it, or that received something."""
    kind: Kind
    paid: tuple[Leg, ...]
    """What left the wallet, without network fee and rent of token accounts; empty if it failed."""
    received: tuple[Leg, ...]
    """What arrived in the wallet, after transfer fees and without rent; empty if it failed."""
    failed: bool
    """Whether the transaction failed on chain: then it moved nothing but the fee."""


def kind_of_trade(paid: Leg, received: Leg, quote_mints: frozenset[str]) -> Kind:
    """Buy, sell or swap.

    Args:
        paid: what the trader gave.
        received: what the trader got.
        quote_mints: the mints besides SOL that prices are quoted in.
    """
    spent, got = (leg.mint == SOL or leg.mint in quote_mints for leg in (paid, received))
    if spent == got:
        return Kind.SWAP
    return Kind.BUY if spent else Kind.SELL


def arrival(signature: str, slot: int, wallet: str, *legs: Leg) -> Operation:
    """The operation of a wallet that received a transfer.

    Args:
        signature: of the transaction, in base58.
        slot: where it landed.
        wallet: that received it.
        legs: what arrived, after transfer fees.
    """
    return Operation(
        signature=signature,
        slot=slot,
        wallet=wallet,
        kind=Kind.TRANSFER_IN,
        paid=(),
        received=legs,
        failed=False,
    )
