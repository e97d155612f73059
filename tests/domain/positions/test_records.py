"""A wallet's record: wins, gains, times, falls, and how much of it is known."""

from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.activity import Kind
from domain.positions.entries import Entry
from domain.positions.ledger import Ledger
from domain.positions.records import MAX_A_DAY, Record, Style, record_of
from tests.domain.positions.entries import TOKEN, WALLET, buy, entry, sell


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


def test_dollars_are_shown_only_where_all_of_them_are_known() -> None:
    assert _record(buy(1, 10, 100, usd=5), sell(2, 10, 100, usd=7)).realised_usd == 2
    assert _record(buy(1, 10, 100), sell(2, 10, 100, usd=7)).realised_usd is None


def test_open_positions_and_the_oldest_of_them() -> None:
    record = _record(buy(7, 10, 100), buy(5, 10, 100))
    assert (record.open_positions, record.since, record.trades) == (1, 5, 2)


def test_who_trades_hundreds_of_times_a_day_is_a_program_however_long_it_holds() -> None:
    day = 86_400
    record = _record(*_trips(*[110] * 3, seconds=7_200))
    assert record.trades_a_day == 6, "within one day"
    assert record.style is Style.DAY
    busy = structs.replace(record, trades=MAX_A_DAY * 2 + 1, last_at=(record.since or 0) + 2 * day)
    assert busy.style is Style.FLASH
