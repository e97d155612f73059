"""What people write behind /paper."""

from decimal import Decimal

import pytest

from bot.parsing.paper import DELAY_SECONDS, FEE_BPS, parse_plan
from domain.errors import BadInput


def test_the_size_is_enough() -> None:
    plan = parse_plan("w", "0,5 SOL", since=7)
    assert (plan.size_sol, plan.delay_s, plan.fee_bps) == (Decimal("0.5"), DELAY_SECONDS, FEE_BPS)
    assert (plan.wallets, plan.since, plan.stop_pct) == (frozenset({"w"}), 7, None)


def test_options_come_in_any_order() -> None:
    plan = parse_plan("w", "1 stop 20% profit 50 delay 10s, open 5 fee 0.3%", since=0)
    assert (plan.take_profit_pct, plan.stop_pct, plan.delay_s, plan.max_open, plan.fee_bps) == (
        Decimal(50),
        Decimal(20),
        10,
        5,
        30,
    )


@pytest.mark.parametrize(
    "words",
    ["", "much", "0", "1 stop 101%", "1 open 0", "1 and more", "9999999", "1 delay 9999", "1 fee 500%"],
)
def test_anything_else_says_how_to_write_it(words: str) -> None:
    with pytest.raises(BadInput, match="/paper Ahab"):
        parse_plan("w", words, since=0)
