"""The one who gives."""

from random import Random

from sandbox.actors.intents import Buy, SendSol, SendToken
from sandbox.actors.strategies.strategy import Habit
from sandbox.actors.strategies.transferrer import Transferrer
from tests.sandbox.actors.strategies.conftest import ALL, FRIENDS, purse


def test_it_gives_sol_first_and_tokens_after(rng: Random) -> None:
    held = {ALL["KRILL"]: 10**6}
    habit, (first,) = Transferrer().decide(purse(held=held), rng)
    (second,) = habit.decide(purse(held=held), rng).intents
    assert isinstance(first, SendSol)
    assert first.to == FRIENDS[0]
    assert isinstance(second, SendToken)
    assert (second.to, second.unnamed) == (FRIENDS[1], False)


def test_it_buys_what_it_has_run_out_of(rng: Random) -> None:
    assert isinstance(Transferrer(turn=1).decide(purse(), rng).intents[0], Buy)


def test_a_repeated_gift_is_unnamed_unless_the_token_is_of_token_2022(rng: Random) -> None:
    for symbol, expected in (("KRILL", True), ("LEVIATHAN", False)):
        token = ALL[symbol]
        habit: Habit = Transferrer(turn=1, known=frozenset({(FRIENDS[1], token)}))
        (gift,) = habit.decide(purse(held={token: 10**6}), rng).intents
        assert isinstance(gift, SendToken)
        assert gift.unnamed is expected
