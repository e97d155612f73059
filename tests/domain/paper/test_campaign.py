"""Campaigns with virtual money: what is filled, when, and for how much."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from msgspec import structs

from domain.paper.campaign import Campaign
from domain.paper.fills import ShownPrice, value
from domain.paper.orders import MAX_WAITING
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


def test_a_purchase_without_a_price_within_a_minute_is_not_filled() -> None:
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
    fees = -(-(SOL - 5_000) // 100)  # the whale's own 5,000 lamports are within the size
    worth = SOL - 5_000 - fees
    assert result.fees == fees + -(-worth // 100) + 12_000
    assert result.realised == -result.fees == result.end - result.holding
    _, fixed = played(structs.replace(plan, priority_sol=Decimal("0.001")), buy(0, 1.0), sell(1, 1.0))
    assert fixed.fees == 999 * SOL // 10**5 + 999 * 99 * SOL // 10**7 + 2 * 10**6


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
    traded, rare = 0, list[bool]()
    for seed in range(part * 50, part * 50 + 50):
        plan, trades = generated(seed)
        campaign = Campaign(plan)
        filled = [*campaign.fold(trades)]
        assert structs.asdict(campaign.result()) == by_hand(plan, trades), seed
        again = Campaign(plan)
        assert [*again.fold(trades)] == filled
        traded += campaign.result().trades
        rare += [campaign.result().late > 0, campaign.result().refused > 0]
    assert traded > 100
    assert sum(rare) > 10


def test_a_sale_that_finds_no_price_in_time_is_made_at_the_next_and_counted() -> None:
    filled, result = played(PLAN, buy(0, 1.0), sell(100, None), at(300, 0.5), at(400, 0.1))
    assert [(one.side, one.filled_at) for one in filled] == [(Side.BUY, 0), (Side.SELL, 300)]
    assert (result.late, result.unfilled, result.end) == (1, 0, 3 * SOL // 2)


def test_a_whale_that_sells_all_and_buys_again_within_the_delay_is_followed_in_both() -> None:
    plan = structs.replace(PLAN, delay_s=2, max_open=1)
    filled, result = played(
        plan, buy(0, 1.0), at(3, 1.0), sell(100, 1.0), buy(101, 1.0), at(104, 1.0), at(200, 2.0)
    )
    assert [one.side for one in filled] == [Side.BUY, Side.SELL, Side.BUY]
    assert result.end == 2 * SOL


def test_however_often_a_whale_sells_few_orders_wait_and_the_same_part_is_left() -> None:
    plan = structs.replace(PLAN, delay_s=3_600, wallets=frozenset({WHALE}))
    campaign = Campaign(plan)
    tiny = [sell(4_000 + n // 4, 1.0, Fraction(1, 10_000)) for n in range(9_000)]
    filled = [*campaign.fold([buy(0, 1.0), at(3_601, 1.0), *tiny])]
    assert len(campaign.state.orders) <= MAX_WAITING
    filled += campaign.see(at(20_000, 1.0))
    left = 10**12 - sum(one.quantity for one in filled[1:])
    assert abs(left / 10**12 - 0.9999**9_000) < 10**-6


def test_a_sale_of_the_whale_does_not_make_the_plan_order_its_own_twice() -> None:
    plan = structs.replace(PLAN, delay_s=5, stop_pct=Decimal(20))
    filled, result = played(
        plan,
        buy(0, 1.0),
        at(5, 1.0),
        sell(10, 1.0, Fraction(1, 2)),
        at(12, 0.5),
        at(15, 0.5),
        at(16, 0.4),
        at(30, 0.3),
        at(90, 0.3),
    )
    assert [(one.cause, one.filled_at) for one in filled[1:]] == [(Cause.WHALE, 15), (Cause.STOP, 30)]
    assert (result.unfilled, result.end) == (0, 2 * SOL - SOL + SOL // 4 + SOL * 3 // 20)


def test_the_capital_suffices_for_all_positions_priority_costs_included() -> None:
    plan = structs.replace(PLAN, max_open=1)
    filled, result = played(plan, buy(0, 1.0, cost=5_000), sell(9, 5.0, cost=5_000))
    assert [one.side for one in filled] == [Side.BUY, Side.SELL]
    assert (filled[0].lamports, filled[0].fees, result.refused) == (SOL - 5_000, 5_000, 0)


def test_a_purchase_takes_what_is_left_and_with_less_than_half_it_is_refused_and_counted() -> None:
    plan = structs.replace(PLAN, max_open=1)
    trades = [buy(0, 1.0), sell(1, 0.6), buy(2, 1.0), sell(3, 0.5), buy(4, 1.0)]
    filled, result = played(plan, *trades)
    assert [one.lamports for one in filled] == [SOL, 6 * SOL // 10, 6 * SOL // 10, 3 * SOL // 10]
    assert (result.refused, result.end) == (1, 3 * SOL // 10)


def test_the_whale_trades_at_what_its_own_trades_paid() -> None:
    plan = structs.replace(PLAN, wallets=frozenset({WHALE}))
    trades = [buy(0, 1.2, fill=Fraction(SOL)), sell(9, 0.95, fill=Fraction(11 * SOL, 10))]
    campaign = Campaign(plan, is_whale=True)
    assert [one.price for one in campaign.fold(trades)] == [SOL, 11 * SOL // 10]
    assert campaign.end == 2 * SOL + SOL // 10


def test_the_whale_trades_at_its_own_price_where_that_shows_none_to_others() -> None:
    plan = structs.replace(PLAN, wallets=frozenset({WHALE}))
    campaign = Campaign(plan, is_whale=True)
    assert len(campaign.see(buy(0, None, fill=Fraction(SOL)))) == 1
    assert campaign.end == 2 * SOL


def _whale(*trades: SeenTrade) -> Campaign:
    campaign = Campaign(structs.replace(PLAN, wallets=frozenset({WHALE})), is_whale=True)
    for trade in trades:
        campaign.see(trade)
    return campaign


def made_up(trade: SeenTrade) -> SeenTrade:
    """At a price that no pool shows."""
    return structs.replace(trade, is_certain=False)


def test_a_price_that_the_whale_made_up_flatters_it_in_nothing() -> None:
    cheap = Fraction(SOL, 1_000)
    bought = [made_up(buy(second, 0.001, fill=cheap)) for second in (0, 1)]
    later = [at(second, 1.0, wallet=wallet) for second, wallet in ((5, OTHER), (6, "third"))]
    assert _whale(*bought, *later).end == 2 * SOL, "bought when somebody else showed a price"
    assert _whale(*bought, at(200, 1.0), at(201, 1.0, wallet="third")).end == 2 * SOL
    dear = made_up(sell(9, 1_000.0, fill=Fraction(1_000 * SOL)))
    assert _whale(buy(0, 1.0, fill=Fraction(SOL)), dear).end == 2 * SOL


def test_what_the_whale_lost_counts_though_no_pool_shows_it() -> None:
    campaign = _whale(buy(0, 1.0, fill=Fraction(SOL)), made_up(sell(5, 0.1, fill=Fraction(SOL, 10))))
    assert campaign.end == SOL + SOL // 10


def test_a_price_that_somebody_made_up_sells_nothing() -> None:
    plan = structs.replace(PLAN, take_profit_pct=Decimal(50))
    filled, result = played(plan, buy(0, 1.0), at(5, 90.0, is_certain=False), at(6, 90.0, is_certain=False))
    assert (len(filled), result.end) == (1, 2 * SOL)


def test_the_whale_that_leaves_after_a_fall_is_followed_out_at_once() -> None:
    filled, result = played(PLAN, buy(0, 1.0), sell(5, 0.25, is_certain=False))
    assert (len(filled), result.end) == (2, SOL + SOL // 4)


def test_what_it_has_is_kept_up_and_equals_the_sum_over_all_positions() -> None:
    for seed in range(20):
        plan, trades = generated(seed)
        campaign = Campaign(plan)
        for trade in trades:
            campaign.see(trade)
            state = campaign.state
            owned = (value(state.marks[one.token], one.quantity) for one in state.positions.values())
            assert campaign.end == state.cash + sum(owned)
