"""Prices that stand in accounts of the chain."""

from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest

from chain.market.price_feeds import (
    CLOCK,
    PROGRAMS,
    FeedPrice,
    believed_feed,
    coin_pools,
    coin_price,
    feed_accounts,
    price_accounts,
    read_feed,
    read_prices,
)
from domain.activity.activity import SOL
from domain.errors import Undecodable
from tests.chain.market.price_samples import clock, price_account, whirlpool

USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
OWNER = PROGRAMS[0][0]
NOW = 1_795_000_000


def account(usd: float = 142.5, confidence: float = 0.09, exponent: int = -8, mint: str = SOL) -> bytes:
    return price_account(usd, published_at=NOW, confidence=confidence, exponent=exponent, mint=mint)


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
        (account(usd=0), OWNER, "cannot be"),
        (account(usd=-5), OWNER, "cannot be"),
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
def test_a_stale_early_or_unsure_price_counts_for_nothing(price: FeedPrice) -> None:
    assert believed_feed([price], NOW) is None
    assert believed_feed([price, _price(139, age=100)], NOW) == _price(139, age=100)


class StoredAccount(msgspec.Struct):
    owner: str
    data: bytes


def _accounts(feed: float, *pools: float) -> dict[str, StoredAccount]:
    found = {
        CLOCK: StoredAccount("Sysvar1111111111111111111111111111111111111", clock(NOW + 5)),
        feed_accounts(SOL)[1]: StoredAccount(PROGRAMS[1][0], account(feed)),
    }
    whirlpools = zip(coin_pools(), pools, strict=False)
    return found | {
        address: StoredAccount("whirLbMiicVdio4qvUfM5KAg6Ct8VwpYzGff3uctyCc", whirlpool(usd))
        for address, usd in whirlpools
    }


def test_the_pools_of_sol_are_found_by_their_seeds() -> None:
    assert coin_pools() == (
        "Czfq3xZZDmsdGdUyrNLtRhGc47cXcZtLG4crryfu44zE",
        "7qbRF6YsyGuLUVs6Y1q64bdVrfe4ZcUUz1JRdoVNUJnm",
        "8sLbNZoA1cfnvMJLPfp98ZLAnFSYCFApfJKMbiXNLwxj",
    )
    assert len(price_accounts()) == 1 + 6 + 3


@pytest.mark.parametrize(
    ("pools", "certain"),
    [((), [SOL]), ((142.0,), [SOL]), ((139.0,), []), ((100.0, 142.9), []), ((142.1, 142.9), [SOL])],
)
def test_a_price_is_certain_when_the_pools_of_sol_agree(pools: tuple[float, ...], certain: list[str]) -> None:
    (price,) = read_prices(_accounts(142.5, *pools))
    assert float(price.usd) == 142.5
    assert [one.mint for one in [price] if one.is_certain] == certain


def test_without_the_chains_clock_no_price_is_fresh() -> None:
    accounts = _accounts(142.5)
    del accounts[CLOCK]
    assert read_prices(accounts) == []


def test_a_pool_that_cannot_be_read_is_passed_over() -> None:
    accounts = _accounts(142.5) | {coin_pools()[2]: StoredAccount("somebody", b"else")}
    assert [price.is_certain for price in read_prices(accounts)] == [True]


@pytest.mark.parametrize(
    ("feed", "pools", "fills", "expected"),
    [
        (None, (), (), None),
        (200, (), (), (200, "feed", True)),
        (200, (201,), (199, 200, 202), (200, "feed", True)),
        (200, (201,), (210, 211, 212), (200, "feed", False)),
        (200, (190,), (), (200, "feed", False)),
        (None, (200,), (), (200, "pools", False)),
        (None, (200, 201), (), (200, "pools", True)),
        (None, (200, 230), (), (200, "pools", False)),
        (None, (200,), (200, 201, 202), (200, "pools", True)),
        (None, (200,), (210, 211, 212), (200, "pools", False)),
        (None, (), (200, 201), None),
        (None, (), (200, 201, 202), (201, "fills", True)),
    ],
)
def test_the_price_of_sol_is_certain_where_all_that_is_known_agrees(
    feed: int | None,
    pools: tuple[int, ...],
    fills: tuple[int, ...],
    expected: tuple[int, str, bool] | None,
) -> None:
    published = None if feed is None else _price(feed, age=5)
    found = coin_price(published, [Fraction(one) for one in pools], [Fraction(one) for one in fills], NOW)
    assert (found and (int(found.usd), found.source.value, found.is_certain)) == expected


def test_a_price_carries_where_it_is_from_how_old_it_is_and_how_sure() -> None:
    found = coin_price(_price(200, age=5, confidence=Fraction(1, 10)), [Fraction(150)], [], NOW)
    assert found is not None
    assert (found.published_at, found.confidence, found.elsewhere) == (NOW - 5, Decimal("0.1"), Decimal(150))
