"""A transferrer: sends SOL and tokens to a few friends, and buys tokens when it has none."""

from dataclasses import dataclass
from random import Random

from solders.pubkey import Pubkey

from sandbox.actors.balances import Balances
from sandbox.actors.intents import Buy, Intent, SendSol, SendToken
from sandbox.actors.market.tokens import Token
from sandbox.actors.strategies.strategy import Decision, jittered, tradeable

_CYCLE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Transferrer:
    """Its step, and which tokens it has sent to whom."""

    step: int = 0
    known: frozenset[tuple[Pubkey, Token]] = frozenset()
    """Friends that have a token account because of an earlier transfer."""

    def decide(self, balances: Balances, rng: Random) -> Decision:
        """Send SOL at every fourth step, else tokens.

        A repeated transfer is unchecked: it names neither owner nor mint.
        """
        friend = balances.friends[self.step % len(balances.friends)]
        owned = [token for token in tradeable(balances) if balances.tokens[token]]
        if self.step % _CYCLE == 0:
            return self._next(SendSol(to=friend, lamports=jittered(balances.spendable // 40, rng)))
        if not owned:
            return self._next(Buy(token=rng.choice(tradeable(balances)), lamports=balances.spendable // 10))
        return self._send(friend, rng.choice(owned), balances, rng)

    def _send(self, friend: Pubkey, token: Token, balances: Balances, rng: Random) -> Decision:
        pair = (friend, token)
        amount = max(1, jittered(balances.tokens[token] // 8, rng))
        unchecked = pair in self.known and not token.is_2022
        transfer = SendToken(
            to=friend, token=token, amount=amount, unchecked=unchecked, memo="" if unchecked else "transfer"
        )
        return Decision(Transferrer(step=self.step + 1, known=self.known | {pair}), (transfer,))

    def _next(self, intent: Intent) -> Decision:
        return Decision(Transferrer(step=self.step + 1, known=self.known), (intent,))
