"""Plans and trades by chance."""

from decimal import Decimal
from fractions import Fraction
from random import Random

from domain.paper.fills import ShownPrice
from domain.paper.plan import Plan
from domain.paper.trades import SeenTrade


def generated(seed: int) -> tuple[Plan, list[SeenTrade]]:
    """A plan and trades, by chance."""
    rng = Random(seed)
    plan = Plan(
        size_sol=Decimal(rng.choice(("0.1", "0.5", "2"))),
        delay_s=rng.choice((0, 1, 5, 30, 900)),
        fee_bps=rng.choice((0, 30, 100)),
        take_profit_pct=rng.choice((None, Decimal(20), Decimal(80))),
        stop_pct=rng.choice((None, Decimal(10), Decimal(30))),
        max_open=rng.choice((1, 2, 5)),
        until=rng.choice((None, None, 3_000)),
        wallets=frozenset(("w0", "w1")),
        priority_sol=rng.choice((None, Decimal("0.0005"))),
    )
    prices = {f"t{n}": Fraction(rng.randint(1, 10**6), 10**3) for n in range(4)}
    time, trades = 1_000, []
    for number in range(rng.randint(20, 200)):
        time += rng.choice((0, 1, 2, 9, 40, 90))
        token = rng.choice([*prices])
        prices[token] *= Fraction(rng.randint(70, 140), 100)
        visible = ShownPrice(lamports=prices[token], depth=rng.choice((None, rng.randint(10**9, 10**12))))
        is_sale = rng.random() < 0.45
        trades.append(
            SeenTrade(
                signature=f"s{number}",
                wallet=f"w{rng.randint(0, 2)}",
                at=time,
                buys=() if is_sale else (token,),
                sells=((token, Fraction(rng.randint(1, 4), 4)),) if is_sale else (),
                token=token,
                price=visible if rng.random() < 0.85 else None,
                fill=prices[token] * Fraction(rng.randint(95, 105), 100) if rng.random() < 0.9 else None,
                cost=rng.choice((5_000, 105_000)),
            )
        )
    return plan, trades
