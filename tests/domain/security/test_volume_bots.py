"""The print of a volume bot, one trait after the other. Whole markets: tests/bench/test_volume_bots.py."""

import msgspec

from domain.security.market import Market
from domain.security.volume_bots import find_volume_bots
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
