"""Bytes of pools with positions, of positions, and of their locks, for tests."""

import hashlib
from collections.abc import Mapping

import base58

from chain.market.pools import WHIRLPOOL
from chain.market.position_locks import LOCKS

SPACING = 64
"""Of ticks that can be used, in a pool of `pool_bytes`."""


def pool_bytes(
    program: str,
    *,
    liquidity: int,
    tick: int,
    mints: tuple[str, str] | None = None,
    root: int = 1 << 64,
    vaults: tuple[str, str] | None = None,
) -> bytes:
    """A pool's account; `root`: the price's square root with 64 binary digits behind the point."""
    is_orca = program == WHIRLPOOL
    data = bytearray(1_544)
    spacing_at = 41 if is_orca else 235
    data[spacing_at : spacing_at + 2] = SPACING.to_bytes(2, "little")
    data[:8] = hashlib.sha256(b"account:Whirlpool" if is_orca else b"account:PoolState").digest()[:8]
    at, price_at, tick_at = (49, 65, 81) if is_orca else (237, 253, 269)
    data[at : at + 16] = liquidity.to_bytes(16, "little")
    data[price_at : price_at + 16] = root.to_bytes(16, "little")
    data[tick_at : tick_at + 4] = tick.to_bytes(4, "little", signed=True)
    addresses = (*zip((101, 181) if is_orca else (73, 105), mints or (), strict=False),)
    addresses += (*zip((133, 213) if is_orca else (137, 169), vaults or (), strict=False),)
    for address_at, address in addresses:
        data[address_at : address_at + 32] = base58.b58decode(address)
    return bytes(data)


def tick_array_bytes(
    program: str, pool: str, start: int, changes: Mapping[int, int], *, is_dynamic: bool = False
) -> bytes:
    """The account of the ticks from this one on: by how much liquidity grows at some of them."""
    ticks = {
        (tick - start) // SPACING: net.to_bytes(16, "little", signed=True) for tick, net in changes.items()
    }
    first, key = start.to_bytes(4, "little", signed=True), base58.b58decode(pool)
    if program != WHIRLPOOL:
        body = b"".join((bytes(4) + ticks.get(at, bytes(16))).ljust(168, b"\0") for at in range(60))
        return (hashlib.sha256(b"account:TickArrayState").digest()[:8] + key + first + body).ljust(
            10_240, b"\0"
        )
    used = {at: (b"\1" + net).ljust(113, b"\0") for at, net in ticks.items()}
    if is_dynamic:
        head = hashlib.sha256(b"account:DynamicTickArray").digest()[:8] + first + key + bytes(16)
        return head + b"".join(used.get(at, b"\0") for at in range(88))
    head = hashlib.sha256(b"account:TickArray").digest()[:8] + first
    return head + b"".join(used.get(at, bytes(113)) for at in range(88)) + key


def position_bytes(program: str, pool: str, *, liquidity: int, ticks: tuple[int, int]) -> bytes:
    """A position's account."""
    is_orca = program == WHIRLPOOL
    data = bytearray(281)
    pool_at, at, ticks_at = (8, 72, 88) if is_orca else (41, 81, 73)
    data[pool_at : pool_at + 32] = base58.b58decode(pool)
    data[at : at + 16] = liquidity.to_bytes(16, "little")
    for tick_at, tick in zip((ticks_at, ticks_at + 4), ticks, strict=True):
        data[tick_at : tick_at + 4] = tick.to_bytes(4, "little", signed=True)
    return bytes(data)


def lock_bytes(program: str, pool: str, position: str) -> bytes:
    """The account of a position's lock."""
    locks = LOCKS[program]
    data = bytearray(locks.begins.ljust(241, b"\0"))
    data[locks.pool_at : locks.pool_at + 32] = base58.b58decode(pool)
    data[locks.position_at : locks.position_at + 32] = base58.b58decode(position)
    return bytes(data)


def dlmm_bytes(
    first: str,
    second: str,
    *,
    vaults: tuple[str, str] | None = None,
    active: int = 0,
    by_seconds: bool = True,
    step: int = 0,
) -> bytes:
    """The account of a pool of Meteora's DLMM; `step`: by which its price grows from bin to bin."""
    data = bytearray(904)
    data[80:82] = step.to_bytes(2, "little")
    data[:8] = hashlib.sha256(b"account:LbPair").digest()[:8]
    data[76:80], data[86] = active.to_bytes(4, "little", signed=True), by_seconds
    data[88:120], data[120:152] = base58.b58decode(first), base58.b58decode(second)
    for at, vault in zip((152, 184), vaults or (), strict=False):
        data[at : at + 32] = base58.b58decode(vault)
    return bytes(data)


def bin_position_bytes(pool: str, shares: Mapping[int, int], *, release: int = 0) -> bytes:
    """A position of DLMM with these shares of bins; with many bins it is a wider one."""
    first, last = min(shares), max(shares)
    more = max(0, last - first + 1 - 70)
    data = bytearray(8_120 + 112 * more)
    data[:8] = hashlib.sha256(b"account:PositionV2").digest()[:8]
    data[8:40] = base58.b58decode(pool)
    for at, share in shares.items():
        index = at - first
        begin = 72 + 16 * index if index < 70 else 8_120 + 112 * (index - 70)
        data[begin : begin + 16] = share.to_bytes(16, "little")
    for at, bound in ((7_912, first), (7_916, last)):
        data[at : at + 4] = bound.to_bytes(4, "little", signed=True)
    data[7_992:8_000] = release.to_bytes(8, "little")
    return bytes(data)


def bin_array_bytes(pool: str, number: int, bins: Mapping[int, tuple[int, int, int]]) -> bytes:
    """Seventy bins of DLMM: by bin what lies there of both tokens, and all shares."""
    data = bytearray(10_136)
    data[:8] = hashlib.sha256(b"account:BinArray").digest()[:8]
    data[8:16] = number.to_bytes(8, "little", signed=True)
    data[24:56] = base58.b58decode(pool)
    for one, (first, second, supply) in bins.items():
        at = 56 + 144 * (one - 70 * number)
        data[at : at + 8], data[at + 8 : at + 16] = first.to_bytes(8, "little"), second.to_bytes(8, "little")
        data[at + 32 : at + 48] = supply.to_bytes(16, "little")
    return bytes(data)


def damm_bytes(first: str, second: str, *, liquidity: int, locked: int = 0, by_seconds: bool = True) -> bytes:
    """The account of a pool of Meteora's DAMM v2; `locked`: forever."""
    data = bytearray(1_112)
    data[:8] = hashlib.sha256(b"account:Pool").digest()[:8]
    data[168:200], data[200:232] = base58.b58decode(first), base58.b58decode(second)
    data[360:376], data[552:568] = liquidity.to_bytes(16, "little"), locked.to_bytes(16, "little")
    data[456:472], data[480] = (1 << 64).to_bytes(16, "little"), by_seconds
    return bytes(data)


def dbc_bytes(
    mint: str, vaults: tuple[str, str], *, config: str, quote: int, is_migrated: bool = False
) -> bytes:
    """A launch curve of Meteora's at a price of one; `quote`: what was paid in."""
    data = bytearray(424)
    data[:8] = hashlib.sha256(b"account:VirtualPool").digest()[:8]
    for at, key in zip((72, 136, 168, 200), (config, mint, *vaults), strict=True):
        data[at : at + 32] = base58.b58decode(key)
    data[240:248], data[280:296] = quote.to_bytes(8, "little"), (1 << 64).to_bytes(16, "little")
    data[305] = is_migrated
    return bytes(data)


def schedule_bytes(begins: int, first: int, period: int, part: int, periods: int, released: int = 0) -> bytes:
    """Return when liquidity of DAMM v2 comes free."""
    return b"".join(
        (
            begins.to_bytes(8, "little"),
            period.to_bytes(8, "little"),
            *(one.to_bytes(16, "little") for one in (first, part, released)),
            periods.to_bytes(2, "little"),
        )
    ).ljust(80, b"\0")


def vested_bytes(pool: str, vested: int, schedule: bytes = bytes(80)) -> bytes:
    """A position of DAMM v2 of which so much comes free later."""
    data = bytearray(408)
    data[:8] = hashlib.sha256(b"account:Position").digest()[:8]
    data[8:40], data[168:184] = base58.b58decode(pool), vested.to_bytes(16, "little")
    data[312:392] = schedule
    return bytes(data)


def vesting_bytes(position: str, schedule: bytes) -> bytes:
    """The account of a schedule that stands beside a position."""
    head = hashlib.sha256(b"account:Vesting").digest()[:8] + base58.b58decode(position)
    return (head + schedule).ljust(184, b"\0")
