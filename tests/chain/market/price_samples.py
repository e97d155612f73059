"""Accounts in which prices stand, as the chain has them."""

import struct
from fractions import Fraction
from math import isqrt

import base58

from chain.market.price_feeds import FEEDS
from domain.activity.activity import SOL

USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
WRAPPED_SOL = "So11111111111111111111111111111111111111112"
JITOSOL = "J1toso1uCk3RLmjorhTtrVwY9HJ7X8V9yYac6Y7kGCPn"
EXPONENT = -8


def price_account(
    usd: float, *, published_at: int, confidence: float = 0.01, exponent: int = EXPONENT, mint: str = SOL
) -> bytes:
    """A price account as Pyth's receiver writes it."""
    head = bytes.fromhex("22f123639d7ef4cd") + bytes(32) + b"\x01" + bytes.fromhex(FEEDS[mint])
    price, spread = round(usd * 10**8), round(confidence * 10**8)
    times = (published_at, published_at - 1)
    return head + struct.pack("<qQiqqqQQ", price, spread, exponent, *times, price, spread, 9) + b"\0"


def clock(unix_time: int) -> bytes:
    """The chain's clock."""
    return struct.pack("<QqQQq", 9, 0, 1, 1, unix_time)


def whirlpool(usd: float) -> bytes:
    """A pool of SOL and USDC of Whirlpool at a price."""
    data = bytearray(653)
    data[:8] = bytes.fromhex("3f95d10ce1806309")
    raw = Fraction(usd) / 1000
    data[65:81] = isqrt(int(raw * 2**128)).to_bytes(16, "little")
    data[101:133], data[181:213] = base58.b58decode(WRAPPED_SOL), base58.b58decode(USDC)
    return bytes(data)


CPMM = "CPMMoo8L3F4NbTegBCKVNunggL7H1ZpdTHKxQB5qKP1C"
WHIRLPOOL = "whirLbMiicVdio4qvUfM5KAg6Ct8VwpYzGff3uctyCc"
TOKEN_PROGRAM = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"


def address_bytes(mint: str) -> bytes:
    return base58.b58decode(WRAPPED_SOL if mint == SOL else mint)


def mint_account(supply: int, decimals: int = 6) -> bytes:
    """A mint over which nobody has power."""
    return struct.pack("<I32sQBBI32s", 0, bytes(32), supply, decimals, 1, 0, bytes(32))


def token_account(mint: str, raw: int) -> bytes:
    """A token account of somebody."""
    return address_bytes(mint) + bytes(32) + struct.pack("<Q", raw) + bytes(93)


def cpmm_pool(mints: tuple[str, str], vaults: tuple[str, str], *, fees: tuple[int, int] = (0, 0)) -> bytes:
    """A pool of Raydium's CPMM."""
    data = bytearray(637)
    data[:8] = bytes.fromhex("f7ede3f5d7c3de46")
    for at, key in zip((72, 104, 168, 200), (*vaults, *mints), strict=True):
        data[at : at + 32] = address_bytes(key)
    data[341:357] = struct.pack("<2Q", *fees)
    return bytes(data)


def concentrated_pool(
    mints: tuple[str, str], vaults: tuple[str, str], *, price: Fraction, liquidity: int
) -> bytes:
    """A whirlpool; `price` in smallest units of the second for one of the first."""
    data = bytearray(653)
    data[:8] = bytes.fromhex("3f95d10ce1806309")
    data[49:65] = liquidity.to_bytes(16, "little")
    data[65:81] = isqrt(int(price * 2**128)).to_bytes(16, "little")
    for at, key in zip((133, 213, 101, 181), (*vaults, *mints), strict=True):
        data[at : at + 32] = address_bytes(key)
    return bytes(data)


def stake_pool(lamports: int, tokens: int, *, mint: str = JITOSOL, kind: int = 1) -> bytes:
    """The account of an SPL stake pool."""
    data = bytearray(611)
    data[0] = kind
    data[162:194] = base58.b58decode(mint)
    struct.pack_into("<QQ", data, 258, lamports, tokens)
    return bytes(data)
