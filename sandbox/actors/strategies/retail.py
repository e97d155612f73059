"""Retail: small wallets that buy a little, sell a little, send a little, and sometimes get it wrong."""

from dataclasses import dataclass
from random import Random

from sandbox.actors.balances import Purse
from sandbox.actors.intents import Buy, Intent, Overreach, Sell, SendSol
from sandbox.actors.market.tokens import Token
from sandbox.actors.strategies.strategy import Decision

_MISTAKES = 0.04
_GIFTS = 0.12
_SALES = 0.5
_SMALLEST, _LARGEST = 20_000_000, 900_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Retail:
    """It remembers nothing."""

    def decide(self, purse: Purse, rng: Random) -> Decision:
        """One small act."""
        token = rng.choice(purse.held) if purse.held else None
        return Decision(self, (self._act(purse, token, rng),))

    def _act(self, purse: Purse, token: Token | None, rng: Random) -> Intent:
        mood = rng.random()
        if mood < _MISTAKES:
            return Overreach(token=token or rng.choice(tuple(purse.tokens)), amount=rng.randint(1, 10**6))
        if mood < _MISTAKES + _GIFTS:
            return SendSol(to=rng.choice(purse.friends), lamports=rng.randint(1_000_000, 50_000_000))
        if token is not None and (rng.random() < _SALES or purse.spendable < _LARGEST):
            return Sell(token=token, amount=max(1, purse.tokens[token] * rng.randint(20, 100) // 100))
        return Buy(token=rng.choice(tuple(purse.tokens)), lamports=rng.randint(_SMALLEST, _LARGEST))
