"""A volume bot: one funder pays many wallets alike, they trade one token in turn, and return what is left.

It decides for several wallets, so its decision names who acts: 0 is the funder, 1 and up are its wallets.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import NamedTuple

from sandbox.actors.balances import Purse
from sandbox.actors.intents import Buy, Intent, Scatter, Sell, SendSol
from sandbox.actors.market.tokens import LAMPORTS, Token

ROUNDS = 2
"""How often each wallet buys and sells between being paid and paying back."""
PART = 2 * LAMPORTS
"""What each wallet is paid, in lamports."""

_TRADED = 1_500_000_000
_KEPT = 5_000_000


class Step(NamedTuple):
    """What the bot has become, who acts, and what that one does."""

    bot: "VolumeBot"
    actor: int
    intent: Intent | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeBot:
    """Where it stands: step 0 pays, then the wallets buy and sell in turn, then each pays back."""

    token: Token
    step: int = 0

    def decide(self, purses: Sequence[Purse], rng: Random) -> Step:
        """The next step; `purses` are those of the funder and of its wallets, in order."""
        wallets = len(purses) - 1
        following = replace(self, step=(self.step + 1) % cycle(wallets))
        if self.step == 0:
            return Step(following, 0, Scatter(to=purses[0].friends, lamports=PART))
        turn, trades = self.step - 1, 2 * wallets * ROUNDS
        if turn >= trades:
            actor = turn - trades + 1
            return Step(following, actor, _return(purses[actor]))
        actor = turn // 2 % wallets + 1
        return Step(following, actor, self._trade(purses[actor], rng, buying=turn % 2 == 0))

    def _trade(self, purse: Purse, rng: Random, *, buying: bool) -> Intent | None:
        if buying:
            return Buy(token=self.token, lamports=int(_TRADED * rng.uniform(0.99, 1.01)))
        held = purse.tokens[self.token]
        return Sell(token=self.token, amount=held) if held else None


def cycle(wallets: int) -> int:
    """How many steps there are from one payment to the next."""
    return 1 + 2 * wallets * ROUNDS + wallets


def _return(purse: Purse) -> Intent | None:
    rest = purse.lamports - _KEPT
    return SendSol(to=purse.friends[0], lamports=rest) if rest > 0 else None
