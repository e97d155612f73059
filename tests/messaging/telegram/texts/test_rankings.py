"""Lists of wallets by what they made: coverage beside each figure, and how many are left out."""

from dataclasses import replace
from decimal import Decimal

from msgspec import structs

from domain.positions.records import Record
from messaging.telegram.names import TokenNames
from messaging.telegram.texts.rankings import Ranked, Row, gains, ranking, ranking_tables

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


def test_a_list_says_what_each_made_and_what_is_not_known() -> None:
    text = gains(
        [
            Row(label="Moby", wallet=WALLET, gain_sol=10**9, gain_usd=Decimal(150), sales=4, partly_known=1),
            Row(label="Nemo", wallet=WALLET, gain_sol=None, gain_usd=None, sales=1, partly_known=1),
            Row(label="Dory", wallet=WALLET, gain_sol=None, gain_usd=None, sales=0, partly_known=0),
            Row(label="Marlin", wallet=WALLET, gain_sol=None, gain_usd=Decimal(-20), sales=2, partly_known=0),
        ],
        "30 days",
    )
    assert text.splitlines()[:5] == [
        "📒 <b>Realised, 30 days</b>, before fees",
        "1. Moby: +1 SOL (+$150) · 4 sales, 1 of them with a cost that is not all known",
        "2. Nemo: cost not known · 1 sale, 1 of them with a cost that is not all known",
        "3. Dory: no sale seen",
        "4. Marlin: −$20 · 2 sales",
    ]


def test_a_list_of_all_time_says_how_much_of_it_is_known() -> None:
    row = Row(label="Moby", wallet=WALLET, gain_sol=10**9, gain_usd=None, sales=1_200)
    rows = [
        replace(row, coverage=Decimal("0.92")),
        replace(row, coverage=Decimal(1)),
        replace(row, coverage=Decimal(1), is_whole=False),
        replace(row, sales=2_000, is_limited=True),
    ]
    assert gains(rows, "all time").splitlines()[1:5] == [
        "1. Moby: +1 SOL · 1,200 sales · 92% of sales with a known cost",
        "2. Moby: +1 SOL · 1,200 sales",
        "3. Moby: +1 SOL · 1,200 sales · some sales are not in the sum",
        "4. Moby: +1 SOL · its latest 2,000 sales",
    ]


def test_a_ranking_says_how_much_of_it_is_known() -> None:
    text = ranking(
        [
            Ranked(label="Moby", wallet=WALLET, record=RECORD),
            Ranked(label="Nemo", wallet=WALLET, record=structs.replace(NOTHING, trades=0)),
        ]
    )
    assert text.splitlines()[1:3] == [
        "1. Moby: +84.2 SOL · won 14 of 20 (70%) · median +34% · 92% of sales with a known cost",
        "2. Nemo: +84.2 SOL, no trade seen",
    ]


def test_a_ranking_says_whose_sales_are_not_all_in_the_sum() -> None:
    record = structs.replace(RECORD, is_sol_whole=False, realised_usd=None)
    assert "· some sales are not in the sum" in ranking([Ranked(label="Moby", wallet=WALLET, record=record)])
    assert "not in the sum" not in ranking([Ranked(label="Moby", wallet=WALLET, record=RECORD)])


def test_a_table_says_the_same_of_what_is_known() -> None:
    record = structs.replace(RECORD, is_sol_whole=False, realised_usd=None)
    table = ranking_tables([Ranked(label="Moby", wallet=WALLET, record=record)])
    known = "92% of sales with a known cost · some sales are not in the sum"
    assert f"<td>+84.2 SOL · {known}</td>" in table
    whole = structs.replace(RECORD, coverage=Decimal(1))
    assert "<td>+84.2 SOL</td>" in ranking_tables([Ranked(label="Moby", wallet=WALLET, record=whole)])


def test_of_whom_no_cost_is_known_a_ranking_claims_no_sum() -> None:
    record = structs.replace(NOTHING, realised_sol=0, coverage=Decimal(0))
    one = Ranked(label="Moby", wallet=WALLET, record=record)
    assert ranking([one]).splitlines()[1] == "1. Moby: cost not known · 0% of sales with a known cost"
    assert "<td>cost not known · 0% of sales with a known cost</td>" in ranking_tables([one])


def test_wallets_that_are_left_out_are_counted() -> None:
    row = Row(label="Dory", wallet=WALLET, gain_sol=None, gain_usd=None, sales=0, partly_known=0)
    assert "and 30 wallets more" in gains([row], "7 days", more=30)
    owned = gains([row], "7 days", more=30, unrealised="📒 Held now: +$180 (+18%) unrealised").splitlines()
    assert owned[2:5] == ["and 30 wallets more", "📒 Held now: +$180 (+18%) unrealised", ""], "usage last"
    assert "and 1 wallet more" in ranking([Ranked(label="Moby", wallet=WALLET, record=RECORD)], more=1)
    long = Row(
        label="M" * 32,
        wallet=WALLET,
        gain_sol=-(10**17),
        gain_usd=Decimal(-(10**9)),
        sales=2_000,
        partly_known=1_999,
    )
    assert len(gains([long] * 20, "30 days", more=480)) < 4_096
