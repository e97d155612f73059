"""/wallet and /pnl: three lines first, and what is not known is said."""

from decimal import Decimal

from msgspec import structs

from domain.positions.costs import Basis
from domain.positions.holdings import Holding
from domain.positions.records import Record
from messaging.telegram.names import TokenNames
from messaging.telegram.texts.records import (
    History,
    OpenPosition,
    card,
    lamports,
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


def test_what_is_not_known_claims_nothing() -> None:
    text = card("", WALLET, NOTHING, [], NAMES)
    assert "no round trip seen yet" in text
    assert "Too little is seen to say how to follow it." in text
    assert "$" not in text
    assert "%" not in text


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


def test_many_positions_are_cut_and_counted() -> None:
    assert "and 4 more" in card("", WALLET, RECORD, [_position(Holding(unknown=1))] * 10, NAMES)


def test_amounts_carry_their_sign() -> None:
    assert [lamports(amount) for amount in (0, 5 * 10**8, -5 * 10**8)] == ["0 SOL", "+0.5 SOL", "−0.5 SOL"]


def test_a_past_that_is_not_read_yet_is_said() -> None:
    assert nothing_seen("Moby", WALLET).endswith("no trade of it was seen yet.")
    assert nothing_seen("Moby", WALLET, History(transactions=0, planned=0)).endswith("is read soon.")
    reading = History(transactions=40, planned=200)
    assert card("Moby", WALLET, NOTHING, [], NAMES, reading).endswith("is being read: 40 of 200.")


def test_hostile_words_are_escaped() -> None:
    assert "<i>" not in not_followed("<i>")
    assert "<i>" not in nothing_seen("<i>", WALLET)
