"""Retail: small wallets that buy, sell and send small amounts, and sometimes fail."""

from dataclasses import dataclass
from random import Random

from sandbox.actors.balances import Balances
from sandbox.actors.intents import Buy, Intent, Oversell, Sell, SendSol
from sandbox.actors.market.tokens import Token
from sandbox.actors.strategies.strategy import Decision

_MISTAKES = 0.04
_TRANSFERS = 0.12
_SALES = 0.5
_MIN_LAMPORTS, _MAX_LAMPORTS = 20_000_000, 900_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Retail:
    """A strategy without state."""

    def decide(self, balances: Balances, rng: Random) -> Decision:
        """Do one small thing."""
        token = rng.choice(balances.owned) if balances.owned else None
        return Decision(self, (self._act(balances, token, rng),))

    def _act(self, balances: Balances, token: Token | None, rng: Random) -> Intent:
        draw = rng.random()
        if draw < _MISTAKES:
            return Oversell(token=token or rng.choice(tuple(balances.tokens)), amount=rng.randint(1, 10**6))
        if draw < _MISTAKES + _TRANSFERS:
            return SendSol(to=rng.choice(balances.friends), lamports=rng.randint(1_000_000, 50_000_000))
        if token is not None and (rng.random() < _SALES or balances.spendable < _MAX_LAMPORTS):
            return Sell(token=token, amount=max(1, balances.tokens[token] * rng.randint(20, 100) // 100))
        return Buy(
            token=rng.choice(tuple(balances.tokens)), lamports=rng.randint(_MIN_LAMPORTS, _MAX_LAMPORTS)
        )
