"""A transferrer: gives SOL and tokens to a few friends, buying what it has run out of."""

from dataclasses import dataclass
from random import Random

from solders.pubkey import Pubkey

from sandbox.actors.balances import Purse
from sandbox.actors.intents import Buy, Intent, SendSol, SendToken
from sandbox.actors.market.tokens import Token
from sandbox.actors.strategies.strategy import Decision, around, tradeable

_ROUND = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Transferrer:
    """Whose turn it is, and what was already sent to whom."""

    turn: int = 0
    known: frozenset[tuple[Pubkey, Token]] = frozenset()
    """Friends who have a token account because of an earlier transfer."""

    def decide(self, purse: Purse, rng: Random) -> Decision:
        """Every fourth turn SOL, otherwise tokens; a repeated gift names neither owner nor mint."""
        friend = purse.friends[self.turn % len(purse.friends)]
        held = [token for token in tradeable(purse) if purse.tokens[token]]
        if self.turn % _ROUND == 0:
            return self._next(SendSol(to=friend, lamports=around(purse.spendable // 40, rng)))
        if not held:
            return self._next(Buy(token=rng.choice(tradeable(purse)), lamports=purse.spendable // 10))
        return self._give(friend, rng.choice(held), purse, rng)

    def _give(self, friend: Pubkey, token: Token, purse: Purse, rng: Random) -> Decision:
        pair = (friend, token)
        amount = max(1, around(purse.tokens[token] // 8, rng))
        unnamed = pair in self.known and not token.is_2022
        gift = SendToken(
            to=friend, token=token, amount=amount, unnamed=unnamed, memo="" if unnamed else "gift"
        )
        return Decision(Transferrer(turn=self.turn + 1, known=self.known | {pair}), (gift,))

    def _next(self, intent: Intent) -> Decision:
        return Decision(Transferrer(turn=self.turn + 1, known=self.known), (intent,))
