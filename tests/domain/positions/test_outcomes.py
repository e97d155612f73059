"""From activities to the ledger, and to what an alert says of the position."""

from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.activity.outcomes import Outcome
from domain.positions.entries import USD_DECIMALS
from domain.positions.ledger import Ledger
from domain.positions.outcomes import entry_of, outcome_of, sales_of
from tests.domain.positions.entries import TOKEN, USDC, buy, sell

DOLLAR = 10**USD_DECIMALS


def _trade(at: int, kind: Kind, quantity: int, lamports: int, mint: str = SOL) -> Activity:
    sides = (Leg(mint=mint, raw=lamports, decimals=9),), (Leg(mint=TOKEN, raw=quantity, decimals=0),)
    paid, received = sides if kind is Kind.BUY else sides[::-1]
    return Activity(
        chain="solana",
        signature=f"s{at}",
        slot=at,
        block_time=at,
        wallet="wallet",
        kind=kind,
        paid=paid,
        received=received,
    )


def _outcomes(*trades: tuple[Activity, str | None], decimals: int | None = 0) -> list[Outcome | None]:
    books = Ledger()
    return [
        outcome_of(booked, books.holding("wallet", TOKEN), decimals)
        for trade, usd in trades
        for booked in books.book([entry_of(trade, None if usd is None else Decimal(usd))])
    ]


def test_a_first_purchase_says_nothing_and_a_second_one_the_average() -> None:
    first, second = _trade(1, Kind.BUY, 10, 100), _trade(2, Kind.BUY, 10, 100)
    assert _outcomes((first, "10"), (second, "30")) == [None, Outcome(is_added=True, average_usd=Decimal(2))]
    assert _outcomes((first, "10"), (second, None)) == [None, Outcome(is_added=True)]
    assert _outcomes((first, "10"), (second, "30"), decimals=None)[1] == Outcome(is_added=True)


@pytest.mark.parametrize("kind", [Kind.TRANSFER_IN, Kind.LIQUIDITY_REMOVE, Kind.ORDER_CLOSE])
def test_what_only_came_was_not_bought(kind: Kind) -> None:
    """Whoever scatters a token among its holders makes none of them buy more of it."""
    came = structs.replace(_trade(2, Kind.BUY, 10, 100), kind=kind, paid=())
    assert _outcomes((_trade(1, Kind.BUY, 10, 100), "10"), (came, "10")) == [None, None]


def test_a_sale_says_what_it_gained_and_for_how_long_it_was_held() -> None:
    bought, sold = _trade(1, Kind.BUY, 10, 100), _trade(61, Kind.SELL, 5, 67)
    assert _outcomes((bought, "10"), (sold, "6.70"))[1] == Outcome(
        known_share=Decimal(1),
        gain_share=Decimal("0.34"),
        gain_usd=Decimal("1.70"),
        gain_sol=17,
        held_seconds=60,
    )


def test_a_sale_of_what_was_paid_in_dollars_gains_dollars() -> None:
    bought = _trade(1, Kind.BUY, 10, 5_000_000, mint=USDC)
    assert _outcomes((bought, None), (_trade(2, Kind.SELL, 10, 67), "4"))[1] == Outcome(
        known_share=Decimal(1), gain_share=Decimal("-0.2"), gain_usd=Decimal(-1), held_seconds=1
    )


def test_sales_without_alerts_say_what_they_gained_and_when() -> None:
    trades = [buy(1, 10, 100), sell(5, 4, 60), sell(9, 6, 30), sell(12, 5, 20, block_time=None)]
    found = sales_of(Ledger().fold(trades))
    assert [(one.at, one.outcome.gain_sol, one.outcome.known_share) for one in found] == [
        (5, 20, Decimal(1)),
        (9, -30, Decimal(1)),
    ]


def test_a_sale_without_a_known_cost_claims_no_gain() -> None:
    assert _outcomes((_trade(2, Kind.SELL, 10, 67), "4")) == [Outcome(known_share=Decimal(0))]


def test_the_balance_of_the_token_says_what_was_held_before() -> None:
    trade = structs.replace(_trade(1, Kind.SELL, 10, 67), token_before=40, token_after=30)
    entry = entry_of(trade, Decimal("0.000000001"))
    assert (entry.pre, entry.post, entry.usd) == ({TOKEN: 40}, {TOKEN: 30}, 1)
    assert entry_of(structs.replace(trade, token_after=None), None).pre is None


def test_of_two_tokens_nobody_knows_whose_balance_it_is() -> None:
    other = Leg(mint="b", raw=1, decimals=0)
    trade = structs.replace(_trade(1, Kind.SELL, 10, 67), received=(other,), token_before=4, token_after=3)
    assert entry_of(trade, None).pre is None


def test_a_swap_of_a_part_takes_its_share_of_what_was_there_before() -> None:
    """Nine tenths of what it had were never seen to come, so a tenth of what it gave has a known cost."""
    bought = structs.replace(_trade(1, Kind.BUY, 10, 100), token_before=90, token_after=100)
    swap = structs.replace(
        _trade(2, Kind.SWAP, 10, 0),
        paid=(Leg(mint=TOKEN, raw=10, decimals=0),),
        received=(Leg(mint="b", raw=7, decimals=0),),
        given_before=100,
        token_before=3,
        token_after=10,
    )
    entry = entry_of(swap, Decimal(4))
    assert (entry.pre, entry.post) == ({TOKEN: 100, "b": 3}, {TOKEN: 90, "b": 10})
    assert _outcomes((bought, "10"), (swap, "4"))[1] == Outcome(
        known_share=Decimal("0.1"), gain_share=Decimal("-0.6"), gain_usd=Decimal("-0.6"), held_seconds=1
    )
    for unknown in ("given_before", "token_before", "token_after"):
        assert entry_of(structs.replace(swap, **{unknown: None}), None).pre is None
    assert entry_of(structs.replace(swap, given_before=9), None).pre is None, "less than it gave"


def test_a_transfer_says_nothing_of_the_accounts_that_it_does_not_name() -> None:
    sold = structs.replace(_trade(1, Kind.SELL, 5, 1), token_before=5, token_after=0)
    assert entry_of(sold, None).pre == {TOKEN: 5}
    assert entry_of(structs.replace(sold, kind=Kind.TRANSFER_OUT, received=()), None).pre is None
