"""Accounts in which prices stand, as the chain has them."""

import struct
from fractions import Fraction
from math import isqrt

import base58

from chain.market.price_feeds import FEEDS
from domain.activity.activity import SOL

USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
WRAPPED_SOL = "So11111111111111111111111111111111111111112"
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
