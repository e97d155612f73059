"""The holder who exits."""

from random import Random

from sandbox.actors.intents import Buy, Intent, Sell
from sandbox.actors.strategies.holder import PURCHASES, WAIT_STEPS, Holder
from sandbox.actors.strategies.strategy import Strategy
from tests.sandbox.actors.samples import balances


def test_it_gathers_one_token_waits_and_leaves_it_altogether(rng: Random) -> None:
    strategy: Strategy = Holder()
    decisions: list[tuple[Intent, ...]] = []
    for _ in range(PURCHASES + WAIT_STEPS + 1):
        assert isinstance(strategy, Holder)
        owned = {strategy.target: 77} if strategy.target else {}
        strategy, intents = strategy.decide(balances(owned=owned), rng)
        decisions.append(intents)
    buys = [intent for step in decisions[:PURCHASES] for intent in step if isinstance(intent, Buy)]
    assert len({intent.token for intent in buys}) == 1
    assert decisions[PURCHASES:-1] == [()] * WAIT_STEPS
    assert decisions[-1] == (Sell(token=buys[0].token, amount=77, close_account=True),)
    assert strategy == Holder()
