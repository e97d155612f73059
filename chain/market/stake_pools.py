"""Bytes of a stake pool's account -> how much SOL one of its tokens stands for. Pure.

Layouts: SPL stake pool, `program/src/state.rs`, also of Sanctum's two copies of it; Marinade, `State`, by the
field list of carbon's decoder, whose price has 32 bits behind the point. A rate is that of the last update:
an epoch ago at most, a few hundredths of a percent.
"""

import struct
from fractions import Fraction

import base58

from chain.market.minters import stake_pool_of, staked_tokens
from domain.errors import Undecodable

SPL_PROGRAMS = frozenset(
    {
        "SPoo1Ku8WFXoNDMHPsrGSTSG1Y47rzgn41SLUNakuHy",
        "SP12tWFxD9oJsVWNavTTBZvMbA6gkAmxtVgxdqvyvhY",
        "SPMBzsVUuoHA4Jm6KunbsotaahvVikZs1JyTW6iJvbn",
    }
)
MARINADE_PROGRAM = "MarBmsSgKXdrN1egZf5sqe1TMai9K1rChYNDJgjq7aD"
MSOL = "mSoLzYCxHdYgdzU16g5QSh3i5K3z3KZK7ytfqcJm7So"
BOUNDS = (Fraction(1, 2), Fraction(5))
"""SOL for one token; they begin at one and earn some percent a year, so whatever is beyond is no rate."""
_STAKE_POOL = 1
_MINT = slice(162, 194)
_TOTALS = struct.Struct("<QQ")
_TOTALS_AT = 258
"""Lamports in the pool, and its tokens, in their smallest unit."""
_MARINADE_TYPE = bytes.fromhex("d8926b5e684bb6b1")
_MARINADE_PRICE = struct.Struct("<Q")
_MARINADE_PRICE_AT = 512
_MARINADE_BITS = 32


def pools_by_mint() -> dict[str, str]:
    """The account that says the rate of each liquid-staking token of which one is known."""
    found = {mint: stake_pool_of(mint) for mint in sorted(staked_tokens())}
    return {mint: pool for mint, pool in found.items() if pool is not None}


def stake_rate(data: bytes, *, owner: str, mint: str) -> Fraction:
    """SOL for one whole token.

    Args:
        data: the bytes of its pool's account.
        owner: the program that owns it.
        mint: whose pool it should be.

    Raises:
        Undecodable: it is no such pool, an empty one, or one with a rate that cannot be; the text says which.
    """
    rate = _marinade(data) if mint == MSOL and owner == MARINADE_PROGRAM else _spl(data, owner, mint)
    if not BOUNDS[0] <= rate <= BOUNDS[1]:
        raise Undecodable("a rate that cannot be")
    return rate


def _spl(data: bytes, owner: str, mint: str) -> Fraction:
    if owner not in SPL_PROGRAMS or len(data) < _TOTALS_AT + _TOTALS.size or data[0] != _STAKE_POOL:
        raise Undecodable("no stake pool")
    if base58.b58encode(data[_MINT]).decode() != mint:
        raise Undecodable("the pool of another token")
    lamports, tokens = _TOTALS.unpack_from(data, _TOTALS_AT)
    if not tokens:
        raise Undecodable("an empty pool")
    return Fraction(lamports, tokens)


def _marinade(data: bytes) -> Fraction:
    if not data.startswith(_MARINADE_TYPE) or len(data) < _MARINADE_PRICE_AT + _MARINADE_PRICE.size:
        raise Undecodable("no state of Marinade")
    return Fraction(_MARINADE_PRICE.unpack_from(data, _MARINADE_PRICE_AT)[0], 1 << _MARINADE_BITS)
