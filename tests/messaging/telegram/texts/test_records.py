"""/wallet and /pnl: three lines first, and what is not known is said."""

from dataclasses import replace
from decimal import Decimal

from msgspec import structs

from domain.positions.costs import Basis, Part
from domain.positions.holdings import Holding
from domain.positions.records import Record
from messaging.telegram.names import TokenNames
from messaging.telegram.texts.records import (
    History,
    OpenPosition,
    card,
    not_followed,
    nothing_seen,
)

WALLET = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"
MINT = "9BB6NFEcjBCtnNLFko2FqVQBq8HHM13kCyYcdQbgpump"
NAMES = TokenNames(chain="sandbox", symbols={MINT: "<b>"})
RECORD = Record(
    realised_sol=85_000_000_000,
    realised_usd=12_300 * 10**9,
    fees=800_000_000,
    coverage=Decimal("0.92"),
    trades=120,
    trips=20,
    wins=14,
    median_gain=Decimal("0.34"),
    mean_gain=Decimal("-0.02"),
    drawdown_sol=12_000_000_000,
    median_held=187_200,
    open_positions=1,
    since=1_760_227_200,
)
NOTHING = structs.replace(
    RECORD,
    realised_usd=None,
    coverage=None,
    trips=0,
    wins=0,
    median_gain=None,
    mean_gain=None,
    drawdown_sol=0,
    median_held=None,
    since=None,
)


def _position(holding: Holding, price: str | None = "2") -> OpenPosition:
    usd = None if price is None else Decimal(price)
    return OpenPosition(mint=MINT, holding=holding, decimals=2, price=usd)


def test_the_first_three_lines_say_style_result_and_what_to_do() -> None:
    lines = card("Moby", WALLET, RECORD, [], NAMES).splitlines()
    assert lines[:3] == [
        "📒 <b>Moby</b> · swing trader, holds 2 d 4 h (median)",
        "+84.2 SOL after fees (+$12.3K before) · won 14 of 20 (70%)",
        "Holds for days: there is time to look first.",
    ]
    assert lines[4:] == [
        "A round trip: median +34%, mean −2%",
        "Deepest fall: −12 SOL",
        "120 trades since 12 Oct 2025 · fees −0.8 SOL",
        "92% of what it sold for SOL has a known cost; what was there before is not counted.",
    ]


def test_what_airdrops_brought_is_no_part_of_its_profit() -> None:
    record = structs.replace(RECORD, from_claims_sol=1_500_000_000)
    text = card("Moby", WALLET, record, [], NAMES)
    assert "Airdrops and rewards sold: +1.5 SOL, no part of its profit." in text
    assert "Airdrops" not in card("Moby", WALLET, RECORD, [], NAMES)


def test_what_is_not_known_claims_nothing() -> None:
    text = card("", WALLET, NOTHING, [], NAMES)
    assert "no round trip seen yet" in text
    assert "Too little is seen to say how to follow it." in text
    assert "$" not in text
    assert "%" not in text


def test_of_whom_no_cost_is_known_nothing_is_claimed_to_be_made() -> None:
    """Only fees are left of the sum then: that is no small loss."""
    record = structs.replace(NOTHING, realised_sol=0, coverage=Decimal(0))
    lines = card("Moby", WALLET, record, [], NAMES).splitlines()
    assert lines[1] == "cost not known"
    assert lines[-1].startswith("0% of what it sold for SOL has a known cost")
    in_neither = structs.replace(record, coverage=None, is_sol_whole=False)
    line = card("Moby", WALLET, in_neither, [], NAMES).splitlines()[1]
    assert line == "cost not known · some sales are not in the sum"
    sold_nothing = structs.replace(record, coverage=None)
    assert card("Moby", WALLET, sold_nothing, [], NAMES).splitlines()[1] == "−0.8 SOL after fees"


def test_too_few_trips_give_no_rate() -> None:
    text = card("Moby", WALLET, structs.replace(RECORD, trips=3, wins=2), [], NAMES)
    assert "won 2 of 3, too few for a rate (from 5 on)" in text


def test_a_position_shows_worth_cost_and_what_became_of_it() -> None:
    known = Holding(known=200, usd=Basis(quantity=200, cost=2 * 10**9))
    text = card("Moby", WALLET, RECORD, [_position(known)], NAMES)
    assert "• 2 &lt;b&gt; · worth $4 @ $2 · cost $2, now +100%" in text
    partly = Holding(known=200, unknown=200, usd=Basis(quantity=200, cost=2 * 10**9))
    assert "worth $8 @ $2 · cost of 50% $2, now +100%" in card("", WALLET, RECORD, [_position(partly)], NAMES)


def test_a_position_without_dollars_shows_sol_or_says_so() -> None:
    in_sol = Holding(known=200, sol=Basis(quantity=200, cost=3 * 10**9))
    assert "• 2 &lt;b&gt; · cost 3 SOL" in card("", WALLET, RECORD, [_position(in_sol, None)], NAMES)
    assert "cost not known" in card("", WALLET, RECORD, [_position(Holding(unknown=200), None)], NAMES)
    partly = Holding(known=200, unknown=600, sol=Basis(quantity=200, cost=3 * 10**9))
    text = card("", WALLET, RECORD, [_position(partly, None)], NAMES)
    assert "• 8 &lt;b&gt; · cost of 25% 3 SOL" in text, "not of all"


def test_many_positions_are_cut_and_counted() -> None:
    assert "and 4 more" in card("", WALLET, RECORD, [_position(Holding(unknown=1))] * 10, NAMES)


def test_what_lies_in_pools_and_orders_comes_with_what_the_wallet_has() -> None:
    known = Holding(
        known=200, sol=Basis(quantity=200, cost=3 * 10**9), peak=500, away=Part(300, 0, (0, 0), (0, 0), ())
    )
    text = card("", WALLET, RECORD, [_position(known, None)], NAMES)
    assert "• 2 &lt;b&gt; · cost 3 SOL · 3 in pools, orders or stakes" in text
    gone = Holding(peak=500, away=Part(500, 0, (0, 0), (0, 0), ()))
    assert "• 0 &lt;b&gt; · 5 in pools, orders or stakes" in card(
        "", WALLET, RECORD, [_position(gone, None)], NAMES
    )
    nameless = replace(_position(gone, None), decimals=None)
    assert "&lt;b&gt; · some in pools, orders or stakes" in card("", WALLET, RECORD, [nameless], NAMES)


def test_what_was_sent_away_unsold_is_counted_by_what_it_had_cost() -> None:
    record = structs.replace(RECORD, moved_out_sol=1_500_000_000)
    assert "Sent away unsold: what had cost 1.5 SOL." in card("Moby", WALLET, record, [], NAMES)


def test_that_some_sales_are_not_in_the_sum_is_said() -> None:
    record = structs.replace(RECORD, is_sol_whole=False, realised_usd=None)
    line = card("Moby", WALLET, record, [], NAMES).splitlines()[1]
    assert line == "+84.2 SOL after fees · won 14 of 20 (70%) · some sales are not in the sum"


def test_who_trades_for_dollars_has_made_dollars() -> None:
    record = structs.replace(RECORD, realised_sol=0, is_sol_whole=False, drawdown_usd=4 * 10**9)
    assert "Deepest fall: −$4\n" in card("Moby", WALLET, record, [], NAMES)
    text = card("Moby", WALLET, record, [], NAMES)
    assert text.splitlines()[1] == "+$12.3K before fees · won 14 of 20 (70%)"
    assert text.endswith("92% of what it sold has a known cost.")
    whole = structs.replace(record, coverage=Decimal(1))
    assert card("Moby", WALLET, whole, [], NAMES).endswith("All that it sold has a known cost.")


def test_a_past_that_is_not_read_yet_is_said() -> None:
    assert nothing_seen("Moby", WALLET).endswith("no trade of it was seen yet.")
    assert nothing_seen("Moby", WALLET, History(transactions=0, planned=0)).endswith("is read soon.")
    reading = History(transactions=40, planned=200)
    assert card("Moby", WALLET, NOTHING, [], NAMES, reading).endswith("is being read: 40 of 200.")


def test_hostile_words_are_escaped() -> None:
    assert "<i>" not in not_followed("<i>")
    assert "<i>" not in nothing_seen("<i>", WALLET)
