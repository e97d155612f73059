"""Whether enough was checked to say that no volume bot trades a token."""

import pytest

from domain.security.checks import Check, CheckName, Family, Grade, Source, Topic, Verdict
from domain.security.market import Market, Payment, Trade
from domain.security.volume_check import volume_bot_check

TOPIC = Topic(name=CheckName.VOLUME_BOTS, family=Family.TRADING, source=Source(name="test"))


def checked(*payments: Payment, traders: int = 40, unlike: int = 0, asked: tuple[str, ...] = ()) -> Check:
    """Traders with one size each trade once; the first so many of them in sizes of their own."""
    trades = tuple(
        Trade(
            at=0.0,
            slot=200 + 37 * at,
            trader=f"trader{at}",
            is_buy=True,
            lamports=1_000 * 3 ** (at + 1) if at < unlike else 100,
            tokens=100,
        )
        for at in range(traders)
    )
    market = Market(mint="mint", trades=trades, payments=payments, asked_about=asked)
    return volume_bot_check(TOPIC, market)


def paid(*numbers: int, slot: int = 0, payer: str = "friend of {at}") -> tuple[Payment, ...]:
    return tuple(
        Payment(at=0.0, slot=slot, payer=payer.format(at=at), payee=f"trader{at}", lamports=100 + at)
        for at in numbers
    )


@pytest.mark.parametrize(
    "payments",
    [
        (),
        paid(1),
        paid(1, slot=10_000),
        paid(*range(29)),
        paid(*range(40), slot=10_000),
        (Payment(at=0.0, slot=0, payer="a", payee="b", lamports=5),),
    ],
)
def test_where_nobody_was_asked_a_few_payments_show_nothing(payments: tuple[Payment, ...]) -> None:
    """What was seen by the way of one trader, or after the trades, says nothing of the others."""
    check = checked(*payments)
    assert (check.verdict, check.at_best) == (Verdict.UNKNOWN, Grade.B)
    assert check.reason == "Who paid the traders was not seen."


def test_where_most_payers_are_known_and_differ_it_passes() -> None:
    assert checked(*paid(*range(30))).verdict is Verdict.PASS
    assert checked(*paid(*range(30), payer="boss")).verdict is not Verdict.PASS


def test_of_those_whose_pasts_were_read_some_suffice() -> None:
    asked = tuple(f"trader{at}" for at in range(6))
    assert checked(*paid(*range(4)), asked=asked).verdict is Verdict.PASS
    assert checked(*paid(*range(3)), asked=asked).verdict is Verdict.UNKNOWN
    assert checked(*paid(6, 7, 8, 9), asked=asked).verdict is Verdict.UNKNOWN


def test_an_honest_market_of_many_sizes_needs_no_questions() -> None:
    assert checked(unlike=40).verdict is Verdict.PASS
    assert checked(traders=30, unlike=20).reason == (
        "Wallets that trade in near-equal sizes made 33% of 30 trades."
    )


def test_few_trades_are_unknown() -> None:
    assert checked(traders=9).reason == "Only 9 trades were seen."
