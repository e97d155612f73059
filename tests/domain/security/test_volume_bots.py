"""The print of a volume bot, one trait after the other. Whole markets: tests/bench/test_volume_bots.py."""

from collections.abc import Sequence

import msgspec
import pytest
from msgspec import structs

from domain.security.market import Market, Payment, Trade
from domain.security.volume_bots import BURST_SLOTS, find_volume_bots, funded_alike
from tests.domain.security.markets import CREW, market_with_bot


def test_wallets_of_one_funder_that_trade_alike_in_turn_and_return_the_rest_are_a_bot() -> None:
    (bot,) = find_volume_bots(market_with_bot())
    assert (bot.funder, bot.wallets, bot.returned) == ("funder", CREW, 6)
    assert (bot.trades, bot.lamports, bot.share) == (12, 18_000, 1.0)


def test_half_of_the_wallets_may_still_owe_the_rest() -> None:
    assert find_volume_bots(market_with_bot(returned=3))
    assert not find_volume_bots(market_with_bot(returned=2))


def test_parts_that_differ_are_no_print() -> None:
    assert not find_volume_bots(market_with_bot(parts=(500, 2_000, 9_000, 40_000, 150_000, 700_000)))


def test_sizes_that_differ_are_no_print() -> None:
    assert not find_volume_bots(market_with_bot(sizes=(100, 400, 1_500, 6_000, 20_000, 90_000)))


def test_times_by_chance_are_no_print() -> None:
    assert not find_volume_bots(market_with_bot(slots=(10, 11, 300, 310, 2_000, 9_000)))


def test_purchases_in_one_slot_are_a_bundle_and_no_volume_bot() -> None:
    assert not find_volume_bots(market_with_bot(slots=(10,) * 6))


def test_one_wallet_that_trades_for_all_is_not_in_turn() -> None:
    made = market_with_bot()
    alone = [msgspec.structs.replace(trade, trader="a") for trade in made.trades]
    assert not find_volume_bots(msgspec.structs.replace(made, trades=tuple(alone)))


def test_wallets_that_were_paid_after_they_had_traded_have_another_funder() -> None:
    made = market_with_bot()
    late = [
        msgspec.structs.replace(payment, slot=100) if payment.payer == "funder" else payment
        for payment in made.payments
    ]
    assert not find_volume_bots(msgspec.structs.replace(made, payments=tuple(late)))


def test_several_rounds_are_a_print_before_the_rest_is_returned() -> None:
    made = market_with_bot(returned=0)
    later = [msgspec.structs.replace(trade, slot=trade.slot + 60) for trade in made.trades]
    assert not find_volume_bots(made)
    assert find_volume_bots(msgspec.structs.replace(made, trades=(*made.trades, *later)))


def test_a_market_of_nothing_has_no_bot() -> None:
    assert find_volume_bots(Market(mint="mint", trades=(), payments=())) == ()


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
    assert funded_alike(_asked([100, 130, 70, 100, 100, 100], range(0, 600, 100))) == ("funder", 6)


@pytest.mark.parametrize(
    ("parts", "slots"),
    [
        ([100] * 5, range(5)),
        ([100, 100, 100, 100, 100, 300], range(6)),
        ([100] * 6, [0, 1, 2, 3, 4, 4 + BURST_SLOTS + 1]),
        ([100] * 6, [0, 1, 2, 3, 4, 9_500]),
    ],
    ids=["not all", "unequal parts", "not in one go", "paid after the trade"],
)
def test_other_payments_of_one_funder_show_none(parts: Sequence[int], slots: Sequence[int]) -> None:
    assert funded_alike(_asked(parts, slots)) is None


def test_four_traders_of_one_funder_may_be_chance() -> None:
    few = _asked([100] * 6, range(6))
    assert funded_alike(structs.replace(few, asked_about=SIX[:4])) is None
