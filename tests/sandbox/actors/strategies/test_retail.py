"""Small wallets."""

from collections import Counter
from random import Random

from sandbox.actors.intents import Buy, Oversell, Sell, SendSol
from sandbox.actors.strategies.retail import Retail
from tests.sandbox.actors.samples import ALL, balances


def test_it_does_a_bit_of_everything_and_sometimes_errs(rng: Random) -> None:
    owned = {ALL["TITHE"]: 10**6}
    seen = Counter(type(Retail().decide(balances(owned=owned), rng).intents[0]) for _ in range(1_000))
    assert set(seen) == {Buy, Sell, SendSol, Oversell}
    assert 10 < seen[Oversell] < 100
    assert seen[SendSol] < seen[Buy]


def test_it_sells_only_what_it_holds_and_buys_for_less_than_one_sol(rng: Random) -> None:
    for _ in range(500):
        (intent,) = Retail().decide(balances(owned={ALL["TITHE"]: 9}), rng).intents
        assert not isinstance(intent, Sell) or (intent.token == ALL["TITHE"] and 0 < intent.amount <= 9)
        assert not isinstance(intent, Buy) or intent.lamports < 10**9
