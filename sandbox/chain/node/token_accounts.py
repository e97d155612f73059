"""Which token accounts belong to which owner and mint.

The index only grows: an account may be closed by now, or have another owner. Readers check what they find.
"""

from collections import defaultdict

from solders.pubkey import Pubkey

from sandbox.chain.encodings.tokens import holding_of
from sandbox.chain.node.bank import States


class TokenAccountIndex:
    """An index over all token accounts that have ever existed."""

    def __init__(self) -> None:
        """Begin empty."""
        self._by_owner: defaultdict[str, set[Pubkey]] = defaultdict(set)
        self._by_mint: defaultdict[str, set[Pubkey]] = defaultdict(set)

    def add(self, states: States) -> None:
        """Add the token accounts among the accounts that a transaction wrote."""
        for key, account in states.items():
            holding = holding_of(account)
            if holding is not None:
                self._by_owner[holding.owner].add(key)
                self._by_mint[holding.mint].add(key)

    def of_owner(self, owner: str) -> list[Pubkey]:
        """Accounts that have had this owner at some time, sorted by address."""
        return sorted(self._by_owner.get(owner, ()), key=bytes)

    def of_mint(self, mint: str) -> list[Pubkey]:
        """Accounts that have had this mint at some time, sorted by address."""
        return sorted(self._by_mint.get(mint, ()), key=bytes)
