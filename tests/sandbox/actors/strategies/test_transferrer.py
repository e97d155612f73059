"""The one who gives."""

from random import Random

from sandbox.actors.intents import Buy, SendSol, SendToken
from sandbox.actors.strategies.strategy import Strategy
from sandbox.actors.strategies.transferrer import Transferrer
from tests.sandbox.actors.samples import ALL, FRIENDS, balances


def test_it_gives_sol_first_and_tokens_after(rng: Random) -> None:
    owned = {ALL["KRILL"]: 10**6}
    strategy, (first,) = Transferrer().decide(balances(owned=owned), rng)
    (second,) = strategy.decide(balances(owned=owned), rng).intents
    assert isinstance(first, SendSol)
    assert first.to == FRIENDS[0]
    assert isinstance(second, SendToken)
    assert (second.to, second.unchecked) == (FRIENDS[1], False)


def test_it_buys_what_it_has_run_out_of(rng: Random) -> None:
    assert isinstance(Transferrer(step=1).decide(balances(), rng).intents[0], Buy)


def test_a_repeated_gift_is_unnamed_unless_the_token_is_of_token_2022(rng: Random) -> None:
    for symbol, expected in (("KRILL", True), ("LEVIATHAN", False)):
        token = ALL[symbol]
        strategy: Strategy = Transferrer(step=1, known=frozenset({(FRIENDS[1], token)}))
        (gift,) = strategy.decide(balances(owned={token: 10**6}), rng).intents
        assert isinstance(gift, SendToken)
        assert gift.unchecked is expected
