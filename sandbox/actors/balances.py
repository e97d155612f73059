"""What an actor sees before it decides: its own balances, and the tokens and people there are."""

from collections.abc import Mapping
from dataclasses import dataclass

from solders.pubkey import Pubkey

from sandbox.actors.market.tokens import LAMPORTS, Token

RESERVE = LAMPORTS // 10
"""Lamports kept back for fees and for the rent of token accounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
    """What one wallet holds and may do with it."""

    lamports: int
    tokens: Mapping[Token, int]
    """Raw units of each token of the town, 0 included."""
    friends: tuple[Pubkey, ...] = ()
    """Wallets it sends to."""

    @property
    def spendable(self) -> int:
        """Lamports free to trade with."""
        return max(0, self.lamports - RESERVE)

    @property
    def owned(self) -> tuple[Token, ...]:
        """The tokens of which it has some."""
        return tuple(token for token, amount in self.tokens.items() if amount)
