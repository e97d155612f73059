"""Bytes of Pyth price accounts -> a price in dollars that can be believed, or none. Pure.

Two programs publish each feed since 26 August 2026, and either may lag: both accounts are read, and the
newer one counts. Layout of PriceUpdateV2 and the addresses: pyth-network/pyth-crosschain,
`pyth_solana_receiver_sdk` and `push-oracle`, and the list of sponsored feeds in its developer hub. An
account's address is derived from the number of its shard, 0, and the feed's id.
"""

import struct
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache

from msgspec import Struct
from solders.pubkey import Pubkey

from domain.activity.activity import SOL
from domain.errors import Undecodable

PROGRAMS = (
    ("rec5EKMGg6MxZYaMdyBfgwp4d5rB9T1VQH5pJv5LtFJ", "pythWSnswVUd12oZpeFP8e9CVaEqJg25g1Vtc2biRsT"),
    ("rec2HHDDnjLfj4kE7VyEtFA1HPGQLK33259532cRyHp", "pyt2F414BA6dPttK6RddPZUdHfapoBN24GL5wbrPCou"),
)
"""The owner of a price account, and the program from which its address is derived."""
FEEDS = {
    SOL: "ef0d8b6fda2ceba41da15d4095d1da392a0d2f8ed0c6c7bc0f4cfac8c280b56d",
    "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v": (
        "eaa020c61cc479712813461ce153894a96a6c00b21ed0cfc2798d1f9a9e9c94a"
    ),
    "Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB": (
        "2b89b9dc8fdf9f34709a5b106b472f0f39bb6ca9ce04b0fd7f2e971688e2e53b"
    ),
}
"""By mint, the id of the feed of its price in dollars: SOL, USDC, USDT."""
MAX_UNCERTAINTY = Fraction(1, 100)
"""Of a price, that its publishers may be apart; a feed that is less sure says nothing."""
MAX_AGE = 180
"""Seconds: three times the interval at which a feed is published at least."""
MAX_AHEAD = 60
"""Seconds by which a feed may be ahead of the block time."""

_DISCRIMINATOR = bytes.fromhex("22f123639d7ef4cd")
_FULL = 1
_FIELDS = struct.Struct("<8s32sB32sqQiqqqQQ")
"""Discriminator, authority, verification, feed; price, confidence, exponent, when; more that is not used."""
_MAX_EXPONENT = 18


class FeedPrice(Struct, frozen=True, kw_only=True):
    """What one account of a feed says."""

    usd: Fraction
    """Dollars for one whole token."""
    confidence: Fraction
    """By how many dollars its publishers are apart."""
    published_at: int
    """Unix seconds."""


@lru_cache
def feed_accounts(mint: str) -> tuple[str, ...]:
    """The addresses at which the price of `mint` stands; none: there is no feed of it."""
    feed = FEEDS.get(mint)
    if feed is None:
        return ()
    seeds = [bytes(2), bytes.fromhex(feed)]
    return tuple(
        str(Pubkey.find_program_address(seeds, Pubkey.from_string(program))[0]) for _, program in PROGRAMS
    )


def read_feed(data: bytes, *, owner: str, mint: str) -> FeedPrice:
    """What a price account says.

    Args:
        data: its bytes.
        owner: the program that owns it.
        mint: whose price it should be.

    Raises:
        Undecodable: it is no fully verified price of that feed; the text says why.
    """
    if owner not in {receiver for receiver, _ in PROGRAMS}:
        raise Undecodable("not owned by a price receiver")
    if len(data) < _FIELDS.size:
        raise Undecodable("a price account cut short")
    fields = _FIELDS.unpack_from(data)
    discriminator, _, verification, feed, price, confidence, exponent, published_at = fields[:8]
    if discriminator != _DISCRIMINATOR or verification != _FULL:
        raise Undecodable("no fully verified price")
    if feed.hex() != FEEDS.get(mint):
        raise Undecodable("the price of something else")
    if price <= 0 or abs(exponent) > _MAX_EXPONENT:
        raise Undecodable("a price that cannot be")
    unit = Fraction(10) ** exponent
    return FeedPrice(usd=price * unit, confidence=confidence * unit, published_at=published_at)


def believed_feed(prices: Iterable[FeedPrice], block_time: int) -> FeedPrice | None:
    """The newest price that is sure and fresh; None: there is none.

    Args:
        prices: what the accounts of one feed say.
        block_time: of the block in which they were read, Unix seconds; this host's clock says nothing.
    """
    sure = [
        one
        for one in prices
        if one.confidence <= one.usd * MAX_UNCERTAINTY
        and block_time - MAX_AGE <= one.published_at <= block_time + MAX_AHEAD
    ]
    return max(sure, key=lambda one: one.published_at, default=None)
