"""What a strategy decides from: the balances of its wallet, and the wallets that it sends to."""

from collections.abc import Mapping
from dataclasses import dataclass

from solders.pubkey import Pubkey

from sandbox.actors.market.tokens import LAMPORTS, Token

RESERVE = LAMPORTS // 10
"""Lamports that are not traded, for fees and for the rent of token accounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
    """The balances of one wallet."""

    lamports: int
    tokens: Mapping[Token, int]
    """Raw units of each token of the simulation, 0 included."""
    friends: tuple[Pubkey, ...] = ()
    """Wallets it sends to."""

    @property
    def spendable(self) -> int:
        """The lamports that may be traded."""
        return max(0, self.lamports - RESERVE)

    @property
    def owned(self) -> tuple[Token, ...]:
        """The tokens with a balance above 0."""
        return tuple(token for token, amount in self.tokens.items() if amount)
