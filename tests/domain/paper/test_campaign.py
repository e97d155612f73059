"""Campaigns with virtual money: what is filled, when, and for how much."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from msgspec import structs

from domain.paper.campaign import Campaign
from domain.paper.fills import ShownPrice
from domain.paper.plan import FILL_SECONDS, Plan
from domain.paper.trades import Cause, Filled, Result, SeenTrade, Side
from tests.domain.paper.by_hand import by_hand
from tests.domain.paper.generated import generated

SOL = 10**9
WHALE, OTHER, TOKEN = "whale", "other", "token"
PLAN = Plan(size_sol=Decimal(1), max_open=2)


def at(seconds: int, sol: float | None, **fields: Any) -> SeenTrade:
    """A trade of somebody who is not followed, at so many SOL for a token."""
    visible = None if sol is None else ShownPrice(lamports=Fraction(str(sol)) * SOL)
    known: dict[str, Any] = {
        "signature": f"s{seconds}",
        "wallet": OTHER,
        "at": seconds,
        "token": TOKEN,
        "price": visible,
    }
    return SeenTrade(**(known | fields))


def buy(seconds: int, sol: float | None, **fields: Any) -> SeenTrade:
    return at(seconds, sol, **({"wallet": WHALE, "buys": (TOKEN,)} | fields))


def sell(seconds: int, sol: float | None, share: Fraction = Fraction(1), **fields: Any) -> SeenTrade:
    return at(seconds, sol, **({"wallet": WHALE, "sells": ((TOKEN, share),)} | fields))


def played(plan: Plan, *trades: SeenTrade) -> tuple[list[Filled], Result]:
    campaign = Campaign(structs.replace(plan, wallets=frozenset({WHALE})))
    filled = [*campaign.fold(trades)]
    return filled, campaign.result()


def test_a_purchase_and_a_sale_are_followed_at_the_prices_that_the_whale_left() -> None:
    filled, result = played(PLAN, buy(0, 0.5), sell(10, 0.75))
    assert [(one.side, one.filled_at, one.quantity) for one in filled] == [
        (Side.BUY, 0, 2 * 10**12),
        (Side.SELL, 10, 2 * 10**12),
    ]
    assert filled[1].gain == SOL // 2
    assert (result.trades, result.wins, result.realised) == (1, 1, SOL // 2)
    assert (result.holding, result.end) == (2 * SOL, 2 * SOL + SOL // 2)


def test_an_order_is_filled_at_the_first_price_after_the_delay() -> None:
    (filled,), _ = played(structs.replace(PLAN, delay_s=3), buy(0, 0.5), at(2, 0.6), at(4, 0.8), at(5, 0.9))
    assert (filled.ordered_at, filled.filled_at, filled.quantity) == (0, 4, 1_250_000_000_000)


def test_an_order_without_a_price_within_a_minute_is_not_filled() -> None:
    plan = structs.replace(PLAN, delay_s=1)
    (one,), _ = played(plan, buy(0, 0.5), at(1 + FILL_SECONDS, 0.5))
    none, result = played(plan, buy(0, 0.5), at(2 + FILL_SECONDS, 0.5))
    waiting, unfinished = played(plan, buy(0, 0.5))
    assert one.filled_at == 1 + FILL_SECONDS
    assert (none, result.unfilled, result.end) == ([], 1, 2 * SOL)
    assert (waiting, unfinished.unfilled) == ([], 1)


def test_ones_own_size_moves_the_pool() -> None:
    deep = ShownPrice(lamports=Fraction(SOL), depth=9 * SOL)
    (bought, sold), result = played(PLAN, buy(0, None, price=deep), sell(5, None, price=deep))
    assert bought.quantity == 9 * 10**11  # one SOL beside nine: a tenth less
    assert bought.price == Fraction(10, 9) * SOL
    assert sold.lamports == 9 * SOL * 9 // 99  # 0.9 SOL of worth beside nine
    assert result.realised == sold.lamports - SOL


def test_fees_of_the_venue_and_priority_costs_are_subtracted() -> None:
    plan = structs.replace(PLAN, fee_bps=100)
    _, result = played(plan, buy(0, 1.0, cost=5_000), sell(1, 1.0, cost=7_000))
    assert result.fees == SOL // 100 + (99 * SOL // 100) // 100 + 12_000
    assert result.realised == -result.fees == result.end - result.holding
    _, fixed = played(structs.replace(plan, priority_sol=Decimal("0.001")), buy(0, 1.0), sell(1, 1.0))
    assert fixed.fees == SOL // 100 + (99 * SOL // 100) // 100 + 2 * 10**6


@pytest.mark.parametrize(
    ("price", "cause"), [(1.49, None), (1.5, Cause.TAKE_PROFIT), (0.81, None), (0.8, Cause.STOP)]
)
def test_the_plan_sells_what_gained_or_lost_enough(price: float, cause: Cause | None) -> None:
    plan = structs.replace(PLAN, take_profit_pct=Decimal(50), stop_pct=Decimal(20))
    filled, _ = played(plan, buy(0, 1.0), at(9, price))
    assert [one.cause for one in filled[1:]] == ([] if cause is None else [cause])


def test_a_part_is_sold_where_the_whale_sells_a_part() -> None:
    filled, result = played(PLAN, buy(0, 1.0), sell(5, 2.0, Fraction(1, 4)), at(9, 3.0))
    assert filled[1].quantity == 10**12 // 4
    assert result.end == 2 * SOL - SOL + SOL // 2 + 3 * SOL * 3 // 4


def test_no_more_positions_are_open_than_the_plan_allows() -> None:
    trades = [buy(n, 1.0, token=f"t{n}", buys=(f"t{n}",)) for n in range(4)]
    filled, _ = played(PLAN, *trades, buy(9, 1.0, token="t0", buys=("t0",)))
    assert [one.token for one in filled] == ["t0", "t1"]


def test_only_the_wallets_of_the_plan_and_only_from_its_time_on_are_followed() -> None:
    plan = structs.replace(PLAN, since=5)
    filled, _ = played(plan, buy(4, 1.0), buy(5, 1.0), buy(6, 1.0, wallet=OTHER))
    assert [one.ordered_at for one in filled] == [5]


def test_the_deepest_fall_counts_from_the_top_before_it() -> None:
    _, result = played(PLAN, buy(0, 1.0), at(1, 3.0), at(2, 0.5), at(3, 2.0))
    assert result.max_drawdown == 5 * SOL // 2


@pytest.mark.parametrize("part", range(4))
def test_fifty_campaigns_come_to_what_a_plain_computation_apart_says(part: int) -> None:
    traded = 0
    for seed in range(part * 50, part * 50 + 50):
        plan, trades = generated(seed)
        campaign = Campaign(plan)
        filled = [*campaign.fold(trades)]
        assert structs.asdict(campaign.result()) == by_hand(plan, trades), seed
        again = Campaign(plan)
        assert [*again.fold(trades)] == filled
        traded += campaign.result().trades
    assert traded > 100
