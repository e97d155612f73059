"""What a pool pays: constant-product arithmetic in raw units, rounded in the pool's favour. Pure."""

from dataclasses import dataclass

FEE_BPS = 30
"""The fee of a pool in hundredths of a per cent of what comes in."""

_BPS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserves:
    """The reserves of a pool."""

    lamports: int
    """SOL, wrapped or not."""
    tokens: int
    """Raw units of the pool's token."""


def tokens_for(reserves: Reserves, lamports: int) -> int:
    """Raw units that leave the pool when `lamports` come in."""
    return _out(lamports, reserves.lamports, reserves.tokens)


def lamports_for(reserves: Reserves, tokens: int) -> int:
    """Lamports that leave the pool when `tokens` raw units have come in."""
    return _out(tokens, reserves.tokens, reserves.lamports)


def withheld(amount: int, fee_bps: int, max_fee: int) -> int:
    """Return what a Token-2022 transfer fee withholds of an amount, rounded up.

    Args:
        amount: raw units that are sent.
        fee_bps: in hundredths of a per cent; 0: none.
        max_fee: raw units, at most.
    """
    return min(max_fee, -(-amount * fee_bps // _BPS))


def _out(came_in: int, reserve_in: int, reserve_out: int) -> int:
    worth = came_in * (_BPS - FEE_BPS)
    return worth * reserve_out // (reserve_in * _BPS + worth)
