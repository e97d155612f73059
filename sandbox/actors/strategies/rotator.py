"""A rotator: always in some token, and each turn changes half of it for another."""

from dataclasses import dataclass
from random import Random

from sandbox.actors.balances import Balances
from sandbox.actors.intents import Buy, Swap
from sandbox.actors.strategies.strategy import Decision, tradeable


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotator:
    """It needs to remember nothing: its purse says where it stands."""

    def decide(self, balances: Balances, rng: Random) -> Decision:
        """Change a part of something held (a dollar too) for something else; buy if there is nothing."""
        choices = tradeable(balances) + tuple(token for token in balances.tokens if token.quote)
        owned = [token for token in choices if balances.tokens[token] > 1]
        if not owned:
            return Decision(self, (Buy(token=rng.choice(choices), lamports=balances.spendable // 4),))
        given = rng.choice(owned)
        taken = rng.choice([token for token in choices if token != given])
        amount = max(1, balances.tokens[given] * rng.randint(30, 90) // 100)
        return Decision(self, (Swap(token_in=given, token_out=taken, amount=amount),))
