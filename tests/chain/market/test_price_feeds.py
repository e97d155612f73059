"""Prices that stand in accounts of the chain."""

import struct
from fractions import Fraction

import pytest

from chain.market.price_feeds import FEEDS, PROGRAMS, FeedPrice, believed_feed, feed_accounts, read_feed
from domain.activity.activity import SOL
from domain.errors import Undecodable

USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
OWNER = PROGRAMS[0][0]
NOW = 1_795_000_000


def account(
    price: int = 14_250_000_000, confidence: int = 9_000_000, exponent: int = -8, mint: str = SOL
) -> bytes:
    """A price account as the receiver writes it."""
    head = bytes.fromhex("22f123639d7ef4cd") + bytes(32) + b"\x01" + bytes.fromhex(FEEDS[mint])
    return (
        head
        + struct.pack("<qQiqqqQQ", price, confidence, exponent, NOW, NOW - 1, price, confidence, 9)
        + b"\0"
    )


def test_the_addresses_are_those_that_pyth_publishes() -> None:
    assert feed_accounts(SOL) == (
        "7UVimffxr9ow1uXYxsr4LHAcV58mLzhmwaeKvJ1pjLiE",
        "7AviUf9nL62mcxNbQGKm4nKDQnPjswo6c5MX4D57HmyE",
    )
    assert feed_accounts(USDC) == (
        "Dpw1EAVrSB1ibxiDQyTAW6Zip3J4Btk2x4SgApQCeFbX",
        "6HAuqASbHEh4w4REJEUUUCginTLfj1kwCh215ZLtMkrT",
    )
    assert feed_accounts("no feed of this") == ()


def test_a_price_is_read_with_how_sure_it_is_and_when_it_was_published() -> None:
    price = read_feed(account(), owner=OWNER, mint=SOL)
    assert price == FeedPrice(usd=Fraction(1425, 10), confidence=Fraction(9, 100), published_at=NOW)


@pytest.mark.parametrize(
    ("data", "owner", "reason"),
    [
        (account(), "11111111111111111111111111111111", "owned"),
        (account()[:100], OWNER, "short"),
        (b"\0" + account()[1:], OWNER, "verified"),
        (account()[:40] + b"\0" + account()[41:], OWNER, "verified"),
        (account(mint=USDC), OWNER, "something else"),
        (account(price=0), OWNER, "cannot be"),
        (account(price=-5), OWNER, "cannot be"),
        (account(exponent=2**30), OWNER, "cannot be"),
    ],
)
def test_what_is_no_price_of_this_feed_is_refused(data: bytes, owner: str, reason: str) -> None:
    with pytest.raises(Undecodable, match=reason):
        read_feed(data, owner=owner, mint=SOL)


def _price(usd: int, *, age: int, confidence: Fraction = Fraction(0)) -> FeedPrice:
    return FeedPrice(usd=Fraction(usd), confidence=confidence, published_at=NOW - age)


def test_of_two_fresh_prices_the_newer_counts() -> None:
    assert believed_feed([_price(140, age=30), _price(141, age=5)], NOW) == _price(141, age=5)


@pytest.mark.parametrize(
    "price", [_price(140, age=181), _price(140, age=-61), _price(140, age=0, confidence=Fraction(15, 10))]
)
def test_a_stale_early_or_doubtful_price_counts_for_nothing(price: FeedPrice) -> None:
    assert believed_feed([price], NOW) is None
    assert believed_feed([price, _price(139, age=100)], NOW) == _price(139, age=100)
