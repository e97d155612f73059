"""A volume bot: a funder pays many wallets equally, they trade one token in turn, and return what is left.

It decides for several wallets, so that its decision names the one that acts: 0 is the funder.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import NamedTuple

from sandbox.actors.balances import Balances
from sandbox.actors.intents import Buy, Intent, Sell, SendSol, SendSolToMany
from sandbox.actors.market.tokens import LAMPORTS, Token

CYCLES = 2
"""How often each wallet buys and sells before it pays back."""
PART = 2 * LAMPORTS
"""The lamports that each wallet is paid."""

_TRADED = 1_500_000_000
_KEPT = 5_000_000


class Step(NamedTuple):
    """The next state, the number of the wallet that acts, and its intent."""

    bot: "VolumeBot"
    actor: int
    intent: Intent | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeBot:
    """The state of the bot: step 0 pays, then the wallets buy and sell in turn, then each pays back."""

    token: Token
    step: int = 0

    def decide(self, wallet_balances: Sequence[Balances], rng: Random) -> Step:
        """Decide the next step; `wallet_balances` holds the funder's balances, then those of its wallets."""
        wallets = len(wallet_balances) - 1
        following = replace(self, step=(self.step + 1) % cycle(wallets))
        if self.step == 0:
            return Step(following, 0, SendSolToMany(to=wallet_balances[0].friends, lamports=PART))
        step, trades = self.step - 1, 2 * wallets * CYCLES
        if step >= trades:
            actor = step - trades + 1
            return Step(following, actor, _return(wallet_balances[actor]))
        actor = step // 2 % wallets + 1
        return Step(following, actor, self._trade(wallet_balances[actor], rng, buying=step % 2 == 0))

    def _trade(self, balances: Balances, rng: Random, *, buying: bool) -> Intent | None:
        if buying:
            return Buy(token=self.token, lamports=int(_TRADED * rng.uniform(0.99, 1.01)))
        owned = balances.tokens[self.token]
        return Sell(token=self.token, amount=owned) if owned else None


def cycle(wallets: int) -> int:
    """The number of steps from one payment to the next."""
    return 1 + 2 * wallets * CYCLES + wallets


def _return(balances: Balances) -> Intent | None:
    rest = balances.lamports - _KEPT
    return SendSol(to=balances.friends[0], lamports=rest) if rest > 0 else None
