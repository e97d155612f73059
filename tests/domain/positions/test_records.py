"""A wallet's record: wins, gains, times, falls, and how much of it is known."""

from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Kind
from domain.positions.entries import Entry
from domain.positions.ledger import Ledger
from domain.positions.records import MAX_A_DAY, RankedBy, Record, Style, rank, record_of
from tests.domain.positions.entries import TOKEN, USDC, WALLET, buy, entry, sell


def _record(*entries: Entry) -> Record:
    books = Ledger()
    mints = {booked.mint for booked in books.fold(entries)}
    return record_of({mint: books.holding(WALLET, mint) for mint in mints})


def _trips(*proceeds: int, seconds: int = 10, **fields: int) -> list[Entry]:
    """Bought for 100 and sold for these, one after another."""
    return [
        trade
        for at, lamports in enumerate(proceeds)
        for trade in (buy(1_000 * at, 10, 100, **fields), sell(1_000 * at + seconds, 10, lamports, **fields))
    ]


def test_wins_are_trips_that_gained_something_after_fees() -> None:
    record = _record(*_trips(150, 100, 50, 101, 300, fee=1))
    assert (record.trips, record.wins, record.win_rate) == (5, 2, Decimal("0.4"))
    assert (record.realised_sol, record.fees, record.net_sol) == (201, 10, 191)


def test_a_win_rate_needs_five_trips() -> None:
    assert _record(*_trips(150, 150, 150, 150)).win_rate is None


def test_median_and_mean_of_the_gains() -> None:
    record = _record(*_trips(110, 120, 400))
    assert (record.median_gain, record.mean_gain) == (Decimal("0.2"), Decimal("1.1"))


def test_the_deepest_fall_is_below_the_highest_sum() -> None:
    assert _record(*_trips(200, 50, 70, 400)).drawdown_sol == 80
    in_dollars = [
        structs.replace(one, usd=one.paid.get(SOL, one.received.get(SOL))) for one in _trips(200, 50, 70, 400)
    ]
    assert _record(*in_dollars).drawdown_usd == 80


@pytest.mark.parametrize(
    ("seconds", "style"),
    [
        (59, Style.FLASH),
        (60, Style.SCALPER),
        (3_600, Style.DAY),
        (86_400, Style.SWING),
        (604_800, Style.HOLDER),
    ],
)
def test_the_style_follows_from_the_median_time_held(seconds: int, style: Style) -> None:
    assert _record(buy(0, 10, 100), sell(seconds, 10, 100)).style is style


def test_a_position_that_was_there_before_is_no_trip_and_lowers_the_coverage() -> None:
    record = _record(buy(1, 10, 100), sell(2, 20, 400, pre={TOKEN: 20}, post={TOKEN: 0}))
    assert (record.trips, record.style, record.coverage) == (0, None, Decimal("0.5"))


def test_what_was_sent_away_ends_no_trip() -> None:
    record = _record(buy(1, 10, 100), entry(2, Kind.TRANSFER_OUT, paid={TOKEN: 10}))
    assert (record.trips, record.open_positions, record.coverage) == (0, 0, None)


def test_who_sells_the_best_part_and_sends_the_rest_away_has_won_no_trip() -> None:
    """Where the rest went, it may have been sold at a loss."""
    bought, sold = buy(1, 100, 100), sell(2, 10, 50)
    sent = entry(3, Kind.TRANSFER_OUT, paid={TOKEN: 90})
    assert (_record(bought, sold, sent).trips, _record(bought, sold, sent).realised_sol) == (0, 40)
    before = entry(2, Kind.TRANSFER_OUT, paid={TOKEN: 90})
    assert _record(bought, before, sell(3, 10, 50)).trips == 0
    unseen = sell(3, 10, 50, pre={TOKEN: 10}, post={TOKEN: 0})
    assert _record(bought, unseen).trips == 0
    burned = entry(3, Kind.BURN, paid={TOKEN: 2})
    assert _record(bought, sell(2, 98, 150), burned).trips == 1, "next to nothing"
    again = _record(bought, sold, sent, buy(4, 10, 100), sell(5, 10, 120))
    assert (again.trips, again.median_gain) == (1, Decimal("0.2"))


def test_dollars_are_shown_only_where_all_of_them_are_known() -> None:
    assert _record(buy(1, 10, 100, usd=5), sell(2, 10, 100, usd=7)).realised_usd == 2
    assert _record(buy(1, 10, 100), sell(2, 10, 100, usd=7)).realised_usd is None


def test_open_positions_and_the_oldest_of_them() -> None:
    record = _record(buy(7, 10, 100), buy(5, 10, 100))
    assert (record.open_positions, record.since, record.trades) == (1, 5, 2)


def test_what_it_does_counts_from_the_first_that_was_seen_however_often_a_token_is_bought_again() -> None:
    day = 86_400
    trades = [
        trade
        for at in range(300)
        for trade in (buy(at * day // 10, 10, 100), sell(at * day // 10 + 9, 10, 110))
    ]
    record = _record(*trades, buy(30 * day, 10, 100))
    assert (record.since, record.last_at) == (0, 30 * day)
    assert record.trades_per_day == Decimal(601) / 30
    assert _record(sell(3, 5, 100), buy(9, 10, 100)).since == 3


def test_what_lies_in_pools_and_orders_is_a_trip_that_goes_on() -> None:
    put_away = [buy(1, 10, 100), sell(2, 5, 80), entry(3, Kind.LIQUIDITY_ADD, paid={TOKEN: 5})]
    assert _record(*put_away).trips == 0
    back = [entry(4, Kind.LIQUIDITY_REMOVE, received={TOKEN: 5}), sell(5, 5, 30)]
    record = _record(*put_away, *back)
    assert (record.trips, record.wins, record.realised_sol, record.median_gain) == (1, 1, 10, Decimal("0.1"))


def test_what_never_comes_back_from_a_pool_ends_no_trip_and_hinders_none_of_the_next() -> None:
    left_there = [buy(1, 10, 100), entry(2, Kind.LIQUIDITY_ADD, paid={TOKEN: 5}), sell(3, 5, 80)]
    assert _record(*left_there).trips == 0
    assert _record(*left_there, buy(4, 8, 100), sell(5, 8, 120)).trips == 1


def test_an_order_that_sells_part_by_part_is_one_trip_that_ends_with_the_last_part() -> None:
    order = [buy(1, 10, 100), entry(2, Kind.ORDER_OPEN, paid={TOKEN: 10})]
    parts = [entry(3 + at, Kind.SELL, from_order={TOKEN: 2}, received={SOL: 30}) for at in range(5)]
    assert _record(*order, *parts[:4]).trips == 0
    record = _record(*order, *parts)
    assert (record.trips, record.median_gain, record.realised_sol) == (1, Decimal("0.5"), 50)


def test_what_was_sent_away_unsold_is_counted_by_what_it_had_cost() -> None:
    moved = [
        buy(1, 10, 100),
        entry(2, Kind.TRANSFER_OUT, paid={TOKEN: 4}),
        entry(3, Kind.BURN, paid={TOKEN: 1}),
    ]
    assert _record(*moved).moved_out_sol == 40


def test_who_trades_for_dollars_is_ranked_by_them() -> None:
    def traded(usd: int) -> Record:
        bought = entry(1, Kind.BUY, paid={USDC: 10**6}, received={TOKEN: 10}, fee=1)
        return _record(bought, entry(2, Kind.SELL, paid={TOKEN: 10}, received={USDC: 10**6 + usd}, fee=1))

    small, large = traded(10**6), traded(10**9)
    in_sol = _record(buy(1, 10, 100), sell(2, 10, 2 * 10**9))
    assert (small.is_in_dollars, in_sol.is_in_dollars, large.coverage) == (True, False, Decimal(1))
    price = Decimal(100)
    assert large.comparable(price) == Decimal(10**10 - 2)
    order = sorted([small, in_sol, large], key=lambda one: rank(one, RankedBy.PROFIT, price))
    assert order == [large, in_sol, small]
    assert rank(large, RankedBy.PROFIT) > rank(in_sol, RankedBy.PROFIT), "without a price of SOL"


def test_who_trades_hundreds_of_times_a_day_is_a_program_however_long_it_holds() -> None:
    day = 86_400
    record = _record(*_trips(*[110] * 3, seconds=7_200))
    assert record.trades_per_day == 6, "within one day"
    assert record.style is Style.DAY
    busy = structs.replace(record, trades=MAX_A_DAY * 2 + 1, last_at=(record.since or 0) + 2 * day)
    assert busy.style is Style.FLASH


def test_what_is_not_known_is_ranked_behind_all_that_is() -> None:
    """Its fees are no loss of its trades."""
    unknown = _record(sell(2, 20, 400, fee=1))
    losing = _record(buy(1, 10, 100), sell(2, 10, 20))
    assert (unknown.is_gain_known, losing.is_gain_known, _record(buy(1, 10, 100)).is_gain_known) == (
        False,
        True,
        True,
    )
    assert rank(losing, RankedBy.PROFIT) < rank(unknown, RankedBy.PROFIT) < rank(_record(), RankedBy.PROFIT)
