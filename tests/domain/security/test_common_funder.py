"""One wallet that paid many of a token's traders, in whatever order they trade."""

from collections.abc import Sequence

import pytest
from msgspec import structs

from domain.activity.exchanges import EXCHANGES
from domain.security.common_funder import ONE_GO_SLOTS, common_payer, funded_alike
from domain.security.market import Market, Payment, Trade
from domain.security.volume_bots import BURST_SLOTS

SIX = tuple(f"w{number}" for number in range(6))


def _asked(parts: Sequence[int], slots: Sequence[int]) -> Market:
    """Six traders that were asked about, with what one funder paid each of them, and when."""
    trades = tuple(
        Trade(at=9e3, slot=9_000 + at, trader=wallet, is_buy=True, lamports=100, tokens=100)
        for at, wallet in enumerate(SIX)
    )
    payments = tuple(
        Payment(at=0.0, slot=slot, payer="funder", payee=wallet, lamports=part)
        for wallet, part, slot in zip(SIX, parts, slots, strict=False)
    )
    return Market(mint="mint", trades=trades, payments=payments, asked_about=SIX)


def test_who_paid_all_that_were_asked_about_in_equal_parts_at_once_shows_a_bot() -> None:
    assert funded_alike(_asked([100, 130, 70, 100, 100, 100], range(0, 300, 50))) == ("funder", 6)


@pytest.mark.parametrize(
    ("parts", "slots"),
    [
        ([100] * 5, range(5)),
        ([100, 100, 100, 100, 100, 300], range(6)),
        ([100] * 6, [0, 1, 2, 3, 4, 4 + BURST_SLOTS + 1]),
        ([100] * 6, range(0, 720, 120)),
        ([100] * 6, [0, 100, 200, 250, 280, ONE_GO_SLOTS + 1]),
        ([100] * 6, [0, 1, 2, 3, 4, 9_500]),
    ],
    ids=[
        "not all",
        "unequal parts",
        "not in one go",
        "one after the other for minutes",
        "a slot too late",
        "paid after the trade",
    ],
)
def test_other_payments_of_one_funder_show_none(parts: Sequence[int], slots: Sequence[int]) -> None:
    assert funded_alike(_asked(parts, slots)) is None


@pytest.mark.parametrize("exchange", EXCHANGES)
def test_withdrawals_from_an_exchange_show_none(exchange: str) -> None:
    made = _asked([100] * 6, range(6))
    payments = tuple(structs.replace(payment, payer=exchange) for payment in made.payments)
    assert funded_alike(structs.replace(made, payments=payments)) is None


@pytest.mark.parametrize(("sums", "shows"), [((9, 1_000), False), ((100, 120), True)])
def test_who_pays_as_many_others_other_sums_is_no_funder(sums: tuple[int, int], shows: bool) -> None:  # noqa: FBT001 - a case
    made = _asked([100] * 6, range(6))
    others = tuple(
        Payment(at=0.0, slot=9, payer="funder", payee=f"other{at}", lamports=sums[at % 2]) for at in range(6)
    )
    found = funded_alike(structs.replace(made, payments=(*made.payments, *others)))
    assert (found is not None) is shows


def test_four_traders_of_one_funder_may_be_chance() -> None:
    few = _asked([100] * 6, range(6))
    assert funded_alike(structs.replace(few, asked_about=SIX[:4])) is None


@pytest.mark.parametrize(("paid", "trades", "found"), [(3, 7, 3), (2, 3, None), (3, 3, 3), (2, 7, None)])
def test_of_many_trades_half_of_those_asked_about_make_it_unknown_and_of_few_three(
    paid: int, trades: int, found: int | None
) -> None:
    made = _asked([100] * paid, range(paid))
    common = common_payer(made, min_trades=trades)
    assert (None if common is None else common[1]) == found
