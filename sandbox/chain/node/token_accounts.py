"""Which token accounts belong to which owner and mint; only ever grows, readers check what they find."""

from collections import defaultdict

from solders.pubkey import Pubkey

from sandbox.chain.encodings.tokens import holding_of
from sandbox.chain.node.bank import States


class TokenAccountIndex:
    """An index over token accounts that have ever been seen."""

    def __init__(self) -> None:
        """Begin empty."""
        self._by_owner: defaultdict[str, set[Pubkey]] = defaultdict(set)
        self._by_mint: defaultdict[str, set[Pubkey]] = defaultdict(set)

    def note(self, states: States) -> None:
        """Take in accounts as a transaction left them."""
        for key, account in states.items():
            holding = holding_of(account)
            if holding is not None:
                self._by_owner[holding.owner].add(key)
                self._by_mint[holding.mint].add(key)

    def of_owner(self, owner: str) -> list[Pubkey]:
        """Accounts that were once seen with this owner, in the order of their addresses."""
        return sorted(self._by_owner.get(owner, ()), key=bytes)

    def of_mint(self, mint: str) -> list[Pubkey]:
        """Accounts that were once seen with this mint, in the order of their addresses."""
        return sorted(self._by_mint.get(mint, ()), key=bytes)
