"""A holder: buys one token several times, waits, then sells all of it and closes the account."""

from dataclasses import dataclass, replace
from random import Random

from sandbox.actors.balances import Balances
from sandbox.actors.intents import Buy, Sell
from sandbox.actors.market.tokens import Token
from sandbox.actors.strategies.strategy import Decision, jittered, tradeable

PURCHASES = 5
"""How often it buys."""
WAIT_STEPS = 4
"""How often it then does nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Its state between the first purchase and the sale."""

    target: Token | None = None
    """What it buys; None: nothing yet."""
    bought: int = 0
    waited: int = 0

    def decide(self, balances: Balances, rng: Random) -> Decision:
        """Buy, wait, or sell all."""
        target = self.target or rng.choice(tradeable(balances))
        if self.bought < PURCHASES:
            buying = Buy(token=target, lamports=jittered(balances.spendable // 12, rng))
            return Decision(replace(self, target=target, bought=self.bought + 1), (buying,))
        if self.waited < WAIT_STEPS:
            return Decision(replace(self, waited=self.waited + 1), ())
        owned = balances.tokens[target]
        return Decision(Holder(), (Sell(token=target, amount=owned, close_account=True),) if owned else ())
