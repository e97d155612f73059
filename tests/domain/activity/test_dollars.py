"""Dollars are told where they are known, and never guessed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.activity.dollars import dollar_value, sol_price

USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
WIF = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"


def sol(amount: float) -> Leg:
    return Leg(mint=SOL, raw=int(amount * 10**9), decimals=9)


def usdc(amount: float) -> Leg:
    return Leg(mint=USDC, raw=int(amount * 10**6), decimals=6)


WIFS = Leg(mint=WIF, raw=5, decimals=6)


def activity(paid: tuple[Leg, ...], received: tuple[Leg, ...], *, chain: str = "solana") -> Activity:
    return Activity(
        chain=chain,
        signature="s",
        slot=1,
        block_time=None,
        wallet="w",
        kind=Kind.SWAP,
        paid=paid,
        received=received,
    )


@pytest.mark.parametrize(
    ("paid", "received", "price", "worth"),
    [
        ((usdc(250),), (WIFS,), None, 250),
        ((WIFS,), (usdc(12.5),), None, 12.5),
        ((sol(2),), (WIFS,), 150, 300),
        ((sol(2),), (WIFS,), None, None),
        ((sol(2), WIFS), (WIFS,), 150, None),
        ((sol(1), usdc(50)), (WIFS,), 150, 200),
        ((WIFS,), (), 150, None),
        ((), (sol(3),), 100, 300),
        ((sol(1),), (usdc(151),), 150, 151),
    ],
)
def test_a_side_counts_when_all_of_it_has_a_price(
    paid: tuple[Leg, ...], received: tuple[Leg, ...], price: int | None, worth: float | None
) -> None:
    found = dollar_value(activity(paid, received), None if price is None else Decimal(price))
    assert found == (None if worth is None else Decimal(str(worth)))


def test_on_another_chain_these_mints_are_no_dollars() -> None:
    assert dollar_value(activity((usdc(250),), (WIFS,), chain="x1"), None) is None


@pytest.mark.parametrize(
    ("paid", "received", "price"),
    [
        ((sol(2),), (usdc(300),), 150),
        ((usdc(300),), (sol(2),), 150),
        ((sol(2),), (usdc(9),), None),
        ((sol(2),), (WIFS,), None),
        ((usdc(300),), (usdc(300),), None),
        ((usdc(300), WIFS), (sol(2),), None),
    ],
)
def test_the_price_of_sol_is_read_from_a_plain_trade(
    paid: tuple[Leg, ...], received: tuple[Leg, ...], price: int | None
) -> None:
    assert sol_price(activity(paid, received)) == price


@given(st.integers(10**7, 10**15), st.integers(1, 10**15))
def test_a_price_is_never_negative_and_never_fails(dollars: int, lamports: int) -> None:
    leg = Leg(mint=SOL, raw=lamports, decimals=9)
    price = sol_price(activity((Leg(mint=USDC, raw=dollars, decimals=6),), (leg,)))
    assert price is not None
    assert price >= 0
