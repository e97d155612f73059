"""A holder: gathers one token, keeps it for a while, then sells all of it and closes the account."""

from dataclasses import dataclass, replace
from random import Random

from sandbox.actors.balances import Balances
from sandbox.actors.intents import Buy, Sell
from sandbox.actors.market.tokens import Token
from sandbox.actors.strategies.strategy import Decision, jittered, tradeable

PURCHASES = 5
"""Purchases before it is content."""
WAIT_STEPS = 4
"""Turns it then lets pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Where it stands between the first purchase and the exit."""

    target: Token | None = None
    """What it gathers; None: nothing yet."""
    bought: int = 0
    waited: int = 0

    def decide(self, balances: Balances, rng: Random) -> Decision:
        """Gather, wait, or leave altogether."""
        target = self.target or rng.choice(tradeable(balances))
        if self.bought < PURCHASES:
            buying = Buy(token=target, lamports=jittered(balances.spendable // 12, rng))
            return Decision(replace(self, target=target, bought=self.bought + 1), (buying,))
        if self.waited < WAIT_STEPS:
            return Decision(replace(self, waited=self.waited + 1), ())
        owned = balances.tokens[target]
        return Decision(Holder(), (Sell(token=target, amount=owned, close_account=True),) if owned else ())
