"""A rotator: always owns some token, and each time swaps a part of it for another."""

from dataclasses import dataclass
from random import Random

from sandbox.actors.balances import Balances
from sandbox.actors.intents import Buy, Swap
from sandbox.actors.strategies.strategy import Decision, tradeable


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotator:
    """A strategy without state: the balances say what comes next."""

    def decide(self, balances: Balances, rng: Random) -> Decision:
        """Swap a part of a token it owns (a dollar, too) for another; buy one if it owns none."""
        choices = tradeable(balances) + tuple(token for token in balances.tokens if token.quote)
        owned = [token for token in choices if balances.tokens[token] > 1]
        if not owned:
            return Decision(self, (Buy(token=rng.choice(choices), lamports=balances.spendable // 4),))
        given = rng.choice(owned)
        taken = rng.choice([token for token in choices if token != given])
        amount = max(1, balances.tokens[given] * rng.randint(30, 90) // 100)
        return Decision(self, (Swap(token_in=given, token_out=taken, amount=amount),))
