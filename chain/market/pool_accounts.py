"""Bytes of a pool's account -> its two tokens, its vaults, and its price where the account says it. Pure.

All numbers are little endian; offsets count from the start, Anchor's eight bytes included. Layouts:
`pump-public-docs` (Pump.fun, PumpSwap), `raydium-amm`, `raydium-cp-swap`, `raydium-clmm` and `raydium-sdk-V2`
(LaunchLab), `whirlpools`, and Meteora's `dlmm-sdk`, `damm-v2` and `dynamic-bonding-curve`. An account that
was made before fields were added is shorter: what is missing there is zero.
"""

import hashlib
from collections.abc import Callable
from fractions import Fraction

import base58
from msgspec import Struct

from chain.market.bins import MAX_BIN, power
from chain.market.curves import PUMP
from chain.market.pools import (
    METEORA_DAMM_V2,
    METEORA_DBC,
    METEORA_DLMM,
    PUMP_SWAP,
    RAYDIUM_CLMM,
    RAYDIUM_CPMM,
    RAYDIUM_LAUNCHLAB,
    RAYDIUM_V4,
    WHIRLPOOL,
)
from domain.activity.activity import SOL, WRAPPED_SOL
from domain.errors import Undecodable


class PoolState(Struct, frozen=True, kw_only=True):
    """What a pool's account says; amounts in smallest units."""

    program: str
    mints: tuple[str, str]
    """`SOL` also for wrapped SOL; empty: another account says it.

    Prices are of the second for one of the first."""
    vaults: tuple[str, str] | None = None
    """Token accounts in which the two lie; None: nobody needs them for the price."""
    corrections: tuple[int, int] = (0, 0)
    """What counts besides what lies in the vaults, below zero: what lies there and does not count."""
    price: Fraction | None = None
    """Smallest units of the second mint for one of the first; None: the vaults say it."""
    quote_reserve: int | None = None
    """Of the second mint, where the account says it."""
    active: tuple[int, int] | None = None
    """What would have to lie there if the liquidity at this price reached over all prices; None: not told.

    The vaults of a pool that concentrates liquidity say nothing of how much may be traded at its price."""
    liquidity: int | None = None
    """How much lies at the price of such a pool, as its program counts it; None: not told."""


def read_pool(data: bytes, *, owner: str) -> PoolState:
    """Return what the account of a known venue's pool says.

    Args:
        data: its bytes.
        owner: the program that owns it.

    Raises:
        Undecodable: no venue that is known, no pool, or cut short.
    """
    read = _READERS.get(owner)
    if read is None:
        raise Undecodable("no pool of a known venue")
    begin, reader, size = read
    if not data.startswith(begin) or len(data) < size:
        raise Undecodable("no pool, or cut short")
    return reader(data)


def vault_price(state: PoolState, amounts: tuple[int, int]) -> Fraction | None:
    """The price of a pool that keeps a constant product, with what lies in its vaults; None: one is empty."""
    first, second = (amount + more for amount, more in zip(amounts, state.corrections, strict=True))
    return Fraction(second, first) if first > 0 and second > 0 else None


def _key(data: bytes, at: int) -> str:
    address = base58.b58encode(data[at : at + 32]).decode()
    return SOL if address == WRAPPED_SOL else address


def _unsigned(data: bytes, at: int, size: int = 8) -> int:
    return int.from_bytes(data[at : at + size], "little")


def _signed(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "little", signed=True)


def _keys(data: bytes, first: int, second: int) -> tuple[str, str]:
    return _key(data, first), _key(data, second)


def _pump_curve(data: bytes) -> PoolState:
    """The curve says no mint: its address is derived from it."""
    virtual_token, virtual_quote, _, real_quote = (_unsigned(data, at) for at in (8, 16, 24, 32))
    quote = _key(data.ljust(115, b"\0"), 83)
    is_open = not data[48]
    return PoolState(
        program=PUMP,
        mints=("", SOL if quote == _NO_KEY else quote),
        price=Fraction(virtual_quote, virtual_token) if is_open and virtual_token else None,
        quote_reserve=real_quote if is_open else 0,
    )


_NO_KEY = base58.b58encode(bytes(32)).decode()


def _pump_swap(data: bytes) -> PoolState:
    whole = data.ljust(287, b"\0")
    fees = _unsigned(whole, 271) + _unsigned(whole, 279)
    return PoolState(
        program=PUMP_SWAP,
        mints=_keys(data, 43, 75),
        vaults=_vaults(data, 139, 171),
        corrections=(0, _signed(whole, 245, 16) - fees),
    )


def _raydium_v4(data: bytes) -> PoolState:
    return PoolState(
        program=RAYDIUM_V4,
        mints=_keys(data, 400, 432),
        vaults=_vaults(data, 336, 368),
        corrections=(-_unsigned(data, 192), -_unsigned(data, 200)),
    )


def _raydium_cpmm(data: bytes) -> PoolState:
    """Fees that wait to be collected lie in the vaults: of the protocol, of the fund, of the creator."""
    fees = [sum(_unsigned(data, at + side * 8) for at in (341, 357, 397)) for side in (0, 1)]
    return PoolState(
        program=RAYDIUM_CPMM,
        mints=_keys(data, 168, 200),
        vaults=_vaults(data, 72, 104),
        corrections=(-fees[0], -fees[1]),
    )


def _raydium_clmm(data: bytes) -> PoolState:
    return PoolState(
        program=RAYDIUM_CLMM,
        mints=_keys(data, 73, 105),
        vaults=_vaults(data, 137, 169),
        price=_squared(_unsigned(data, 253, 16)),
        active=_active(_unsigned(data, 237, 16), _unsigned(data, 253, 16)),
        liquidity=_unsigned(data, 237, 16),
    )


def _whirlpool(data: bytes) -> PoolState:
    return PoolState(
        program=WHIRLPOOL,
        mints=_keys(data, 101, 181),
        vaults=_vaults(data, 133, 213),
        price=_squared(_unsigned(data, 65, 16)),
        active=_active(_unsigned(data, 49, 16), _unsigned(data, 65, 16)),
        liquidity=_unsigned(data, 49, 16),
    )


def _dlmm(data: bytes) -> PoolState:
    bin_id, step = _signed(data, 76, 4), _unsigned(data, 80, 2)
    if abs(bin_id) > MAX_BIN:
        raise Undecodable("a pool whose price cannot be")
    return PoolState(
        program=METEORA_DLMM,
        mints=_keys(data, 88, 120),
        vaults=_vaults(data, 152, 184),
        price=power(1 + Fraction(step, 10_000), bin_id),
    )


def _damm_v2(data: bytes) -> PoolState:
    return PoolState(
        program=METEORA_DAMM_V2,
        mints=_keys(data, 168, 200),
        vaults=_vaults(data, 232, 264),
        price=_squared(_unsigned(data, 456, 16)),
        active=_active(_unsigned(data, 360, 16) >> 64, _unsigned(data, 456, 16)),
        liquidity=_unsigned(data, 360, 16) >> 64,
    )


def _launchlab(data: bytes) -> PoolState:
    virtual_base, virtual_quote, real_base, real_quote = (_unsigned(data, at) for at in (37, 45, 53, 61))
    left, is_open = virtual_base - real_base, data[17] == _OPEN
    return PoolState(
        program=RAYDIUM_LAUNCHLAB,
        mints=_keys(data, 205, 237),
        vaults=_vaults(data, 269, 301),
        price=Fraction(virtual_quote + real_quote, left) if is_open and left > 0 else None,
        quote_reserve=real_quote if is_open else 0,
    )


def _dbc(data: bytes) -> PoolState:
    """The curve says no quote: that is its configuration's."""
    is_open = not data[305]
    return PoolState(
        program=METEORA_DBC,
        mints=(_key(data, 136), ""),
        vaults=_vaults(data, 168, 200),
        price=_squared(_unsigned(data, 280, 16)) if is_open else None,
        quote_reserve=_unsigned(data, 240) if is_open else 0,
    )


def launch_config(data: bytes) -> str:
    """Where the configuration of a curve of Meteora's is, by the curve's account."""
    return base58.b58encode(data[72:104]).decode()


def config_quote(data: bytes) -> str:
    """What such a configuration lets people pay with; empty: it is none, or cut short."""
    is_config = data.startswith(_account("PoolConfig")) and len(data) >= 40  # noqa: PLR2004 - its key ends there
    return _key(data, 8) if is_config else ""


_LOCKED_AT, _FREE_AT = (239, 241), (240, 242, 185, 201)
"""Per cent of the pool that follows a curve: of launchpad and of creator; last what comes free in parts."""


def locked_after_launch(data: bytes) -> Fraction | None:
    """Which part of the pool that follows a curve is locked forever, by its configuration; None: not said."""
    if not config_quote(data) or len(data) <= max(_FREE_AT):
        return None
    locked, free = (sum(data[at] for at in places) for places in (_LOCKED_AT, _FREE_AT))
    return Fraction(locked, locked + free) if locked + free else None


_OPEN = 0
"""The status of a curve at which people trade; later they do at the pool to which its money was moved."""


def _squared(root: int) -> Fraction | None:
    """A price from its square root, which has 64 binary digits behind the point."""
    return Fraction(root * root, 1 << 128) if root else None


def _active(liquidity: int, root: int) -> tuple[int, int]:
    """The reserves of a pool over all prices with this liquidity; `root` as for a price."""
    return ((liquidity << 64) // root, liquidity * root >> 64) if root else (0, 0)


def _vaults(data: bytes, first: int, second: int) -> tuple[str, str]:
    return (
        base58.b58encode(data[first : first + 32]).decode(),
        base58.b58encode(data[second : second + 32]).decode(),
    )


def _account(name: str) -> bytes:
    """The eight bytes with which Anchor begins an account."""
    return hashlib.sha256(f"account:{name}".encode()).digest()[:8]


_READERS: dict[str, tuple[bytes, Callable[[bytes], PoolState], int]] = {
    PUMP: (_account("BondingCurve"), _pump_curve, 49),
    PUMP_SWAP: (_account("Pool"), _pump_swap, 203),
    RAYDIUM_V4: (b"", _raydium_v4, 752),
    RAYDIUM_CPMM: (_account("PoolState"), _raydium_cpmm, 413),
    RAYDIUM_CLMM: (_account("PoolState"), _raydium_clmm, 273),
    WHIRLPOOL: (_account("Whirlpool"), _whirlpool, 245),
    METEORA_DLMM: (_account("LbPair"), _dlmm, 216),
    METEORA_DAMM_V2: (_account("Pool"), _damm_v2, 472),
    METEORA_DBC: (_account("VirtualPool"), _dbc, 306),
    RAYDIUM_LAUNCHLAB: (_account("PoolState"), _launchlab, 333),
}
"""By the owner of the account: how it begins, who reads it, how many bytes that takes."""
