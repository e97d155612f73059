"""A holder: gathers one token, keeps it for a while, then sells all of it and closes the account."""

from dataclasses import dataclass, replace
from random import Random

from sandbox.actors.balances import Purse
from sandbox.actors.intents import Buy, Sell
from sandbox.actors.market.tokens import Token
from sandbox.actors.strategies.strategy import Decision, around, tradeable

GATHERED = 5
"""Purchases before it is content."""
PATIENCE = 4
"""Turns it then lets pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Where it stands between the first purchase and the exit."""

    love: Token | None = None
    """What it gathers; None: nothing yet."""
    bought: int = 0
    waited: int = 0

    def decide(self, purse: Purse, rng: Random) -> Decision:
        """Gather, wait, or leave altogether."""
        love = self.love or rng.choice(tradeable(purse))
        if self.bought < GATHERED:
            buying = Buy(token=love, lamports=around(purse.spendable // 12, rng))
            return Decision(replace(self, love=love, bought=self.bought + 1), (buying,))
        if self.waited < PATIENCE:
            return Decision(replace(self, waited=self.waited + 1), ())
        held = purse.tokens[love]
        return Decision(Holder(), (Sell(token=love, amount=held, leave=True),) if held else ())
