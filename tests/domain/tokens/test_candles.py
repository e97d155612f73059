"""Which trades make candles."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Activity, Kind, Leg, TradePrice
from domain.tokens.candles import (
    RANGES,
    Candle,
    ChartRange,
    FillPrice,
    PriceBefore,
    SeenPrice,
    fill_price,
    is_jump,
    merged,
    with_price,
)

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
DOLLARS = {SOL: Decimal(200)}
PRICE = TradePrice(
    token="mint",
    quote=SOL,
    quote_decimals=9,
    fill=Decimal("0.5"),
    pool="pool",
    spot=Decimal("0.51"),
    impact=Decimal("0.04"),
    liquidity_quote=50 * 10**9,
)
BUY = Activity(
    chain="solana",
    signature="signature",
    slot=1,
    block_time=1,
    wallet="wallet",
    kind=Kind.BUY,
    paid=(Leg(mint=SOL, raw=10**9, decimals=9),),
    received=(Leg(mint="mint", raw=2_000_000, decimals=6),),
    venue="Raydium",
    price=PRICE,
)
UNSHOWN = structs.replace(PRICE, pool=None, spot=None, impact=None, liquidity_quote=None)
BEFORE = PriceBefore(usd=Decimal(100), at=NOW - timedelta(minutes=5), deepest=Decimal(20_000))


def seen(price: TradePrice, before: PriceBefore | None = BEFORE, **changes: object) -> SeenPrice | None:
    """The price that is believed of a trade."""
    fill = fill_price(structs.replace(BUY, price=price, **changes), NOW, DOLLARS, before)
    return fill.seen if fill is not None and fill.is_believed else None


def test_a_trade_shows_the_price_after_it_and_what_was_traded() -> None:
    found = seen(PRICE)
    assert found is not None
    assert (found.usd, found.volume, found.mint) == (Decimal(102), Decimal(200), "mint")
    unshown = seen(UNSHOWN, None)
    assert unshown is not None
    assert unshown.usd == Decimal(100)
    assert (found.is_certain, unshown.is_certain) == (True, False)


@pytest.mark.parametrize("fill", ["1.1", "0.2"])
def test_a_jump_needs_a_pool_as_deep_as_others(fill: str) -> None:
    jump = structs.replace(UNSHOWN, fill=Decimal(fill))
    assert seen(jump) is None
    by_pool = structs.replace(PRICE, spot=Decimal(fill))
    assert seen(by_pool) is not None
    assert seen(structs.replace(by_pool, liquidity_quote=24 * 10**9)) is None


def test_after_an_hour_or_at_first_any_price_of_a_venue_counts() -> None:
    jump = structs.replace(UNSHOWN, fill=Decimal(9))
    old = structs.replace(BEFORE, at=NOW - timedelta(minutes=61))
    assert seen(jump, None) is not None
    assert seen(jump, old) is not None
    assert seen(jump, None, venue=None) is None


def test_an_unshown_price_next_to_a_deep_pool_changes_nothing_and_its_amount_counts() -> None:
    step = structs.replace(UNSHOWN, fill=Decimal("0.26"))
    found = seen(step)
    assert found is not None
    assert (found.usd, found.at, found.volume) == (BEFORE.usd, BEFORE.at, Decimal(200))
    assert not found.is_certain
    assert seen(step, PriceBefore(deepest=Decimal(500))) is None
    shallow = seen(step, structs.replace(BEFORE, deepest=Decimal(499)))
    assert shallow is not None
    assert shallow.usd == Decimal(52)


def test_what_shows_no_price_makes_no_candle() -> None:
    assert seen(structs.replace(PRICE, impact=Decimal("0.3"))) is None
    assert seen(structs.replace(PRICE, liquidity_quote=2 * 10**9)) is None
    assert seen(structs.replace(PRICE, quote="unpriced")) is None
    assert seen(structs.replace(PRICE, token=SOL)) is None
    assert seen(PRICE, kind=Kind.TRANSFER_IN) is None
    assert seen(PRICE, paid=(Leg(mint=SOL, raw=10**6, decimals=9),)) is None


def test_what_no_venue_shows_is_believed_once_another_wallet_trades_at_about_that_price() -> None:
    fill = fill_price(structs.replace(BUY, price=UNSHOWN, venue=None), NOW, DOLLARS, None)
    assert fill is not None
    assert not fill.is_believed
    claimed = with_price({}, fill)["mint"]
    assert (claimed.usd, claimed.claim) == (None, fill.seen)
    assert seen(UNSHOWN, claimed, venue=None) is None
    assert seen(UNSHOWN, claimed, venue=None, wallet="another") is not None
    far = structs.replace(UNSHOWN, fill=Decimal("1.1"))
    assert seen(far, claimed, venue=None, wallet="another") is None
    deep = structs.replace(claimed, deepest=Decimal(500))
    assert seen(UNSHOWN, deep, venue=None, wallet="another") is None
    old = structs.replace(fill.seen, at=NOW - timedelta(minutes=61))
    assert seen(UNSHOWN, structs.replace(claimed, claim=old), venue=None, wallet="another") is None


def test_a_step_of_a_double_is_no_jump() -> None:
    assert not is_jump(Decimal(200), NOW, BEFORE)
    assert is_jump(Decimal(201), NOW, BEFORE)
    assert is_jump(Decimal(49), NOW, BEFORE)
    assert not is_jump(Decimal(49), NOW, PriceBefore())


def test_prices_are_followed_as_they_come_and_an_older_one_changes_nothing() -> None:
    newer = SeenPrice(chain="solana", mint="mint", usd=Decimal(150), at=NOW)
    known = with_price({"mint": BEFORE}, FillPrice(seen=newer, is_believed=True))
    assert (known["mint"].usd, known["mint"].deepest) == (Decimal(150), Decimal(20_000))
    older = structs.replace(newer, usd=Decimal(7), at=NOW - timedelta(seconds=1))
    after = with_price(known, FillPrice(seen=older, is_believed=True))
    assert (after["mint"].usd, after["mint"].claim) == (Decimal(150), older)


def candle(minutes: int, low: int, high: int) -> Candle:
    return Candle(
        begins=NOW + timedelta(minutes=minutes),
        open=Decimal(low),
        high=Decimal(high),
        low=Decimal(low),
        close=Decimal(high),
        volume=Decimal(1),
    )


def test_candles_of_a_minute_make_larger_ones() -> None:
    first, second = merged([candle(1, 3, 5), candle(2, 2, 4), candle(14, 4, 9), candle(15, 1, 2)], 900)
    assert (first.begins, first.open, first.close) == (NOW, Decimal(3), Decimal(9))
    assert (first.high, first.low, first.volume) == (Decimal(9), Decimal(2), Decimal(3))
    assert (second.begins, second.close) == (NOW + timedelta(minutes=15), Decimal(2))
    assert merged([], 900) == []


def test_every_range_is_drawn_with_candles_that_its_stored_ones_make_up() -> None:
    assert set(RANGES) == set(ChartRange)
    for rules in RANGES.values():
        assert rules.drawn % rules.stored == 0
        assert 50 <= rules.length // rules.drawn <= 120
