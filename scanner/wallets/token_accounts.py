"""The token accounts of wallets: read from the chain, and learned from each transaction decoded here.

An incoming token transfer names the token account and need not name its owner. So the lists of signatures and
the subscriptions to logs ask for these accounts as well.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Container, Iterable
from dataclasses import dataclass, field

from chain.parsing.transaction import Transaction
from chain.rpc.owned_accounts import token_accounts
from chain.rpc.pool import RpcPool
from runtime.clock import monotonic

MAX_AGE_SECONDS = 600.0
"""How old a wallet's list may be where the completeness of the feed rests on it."""
MAX_REMEMBERED = 5_000
"""Transactions of which it is known which token accounts they name."""


@dataclass(slots=True)
class _Known:
    """Of one wallet."""

    read_at: float
    accounts: dict[str, None] = field(default_factory=dict)
    """In the order in which they came to be known."""


class TokenAccounts:
    """What one process knows of token accounts.

    Args:
        rpc: lists the accounts of a wallet.
        commitment: of these lists.
        clock: gives seconds; monotonic. By it lists grow old.
    """

    def __init__(self, rpc: RpcPool, *, commitment: str, clock: Callable[[], float] = monotonic) -> None:
        self.changes = 0
        """Grows whenever an account becomes known, or is forgotten."""
        self._rpc = rpc
        self._commitment = commitment
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._learned_from: OrderedDict[str, frozenset[str]] = OrderedDict()
        """By signature, the token accounts that a transaction names, whoever owns them."""

    async def of(self, wallet: str, *, max_age_seconds: float = MAX_AGE_SECONDS) -> tuple[str, ...]:
        """The accounts of a wallet, read again if the list is older than `max_age_seconds`.

        Raises:
            NodeUnavailable: no provider answered.
        """
        known = self._known.get(wallet)
        if known is None or self._clock() - known.read_at > max_age_seconds:
            await self._read(wallet)
        return self.known(wallet)

    def known(self, wallet: str) -> tuple[str, ...]:
        """The accounts that are known by now, the newest first; asks no node."""
        found = self._known.get(wallet)
        return () if found is None else tuple(reversed(found.accounts))

    def unread(self, wallets: Iterable[str], *, max_age_seconds: float) -> list[str]:
        """The wallets whose list is older than `max_age_seconds`; those that were never read come first."""
        oldest = self._clock() - max_age_seconds
        read = {wallet: known.read_at for wallet, known in self._known.items()}
        due = [wallet for wallet in wallets if read.get(wallet, float("-inf")) < oldest]
        return sorted(due, key=lambda wallet: read.get(wallet, float("-inf")))

    def count(self, wallets: Collection[str]) -> int:
        """Return how many accounts of these wallets are known."""
        return sum(len(known.accounts) for wallet, known in self._known.items() if wallet in wallets)

    def learn(self, transaction: Transaction, wallets: Container[str]) -> None:
        """Add the accounts that a transaction names, for those of `wallets` whose lists were read before."""
        balances, keys = (*transaction.pre_tokens, *transaction.post_tokens), transaction.keys
        for balance in balances:
            known = self._known.get(balance.owner or "")
            if known is not None and balance.owner in wallets and balance.account < len(keys):
                self._add(known, keys[balance.account])
        if any(balance.account >= len(keys) for balance in balances):
            return
        self._learned_from[transaction.signature] = frozenset(keys[one.account] for one in balances)
        if len(self._learned_from) > MAX_REMEMBERED:
            self._learned_from.popitem(last=False)

    @property
    def wallets(self) -> Collection[str]:
        """The wallets that are remembered."""
        return self._known.keys()

    def all_known(self) -> frozenset[str]:
        """Every account of every wallet that is remembered."""
        return frozenset(account for known in self._known.values() for account in known.accounts)

    def named_in(self, signatures: Iterable[str]) -> frozenset[str] | None:
        """Return all token accounts that these transactions name; None: of one of them that is not known."""
        found = [self._learned_from.get(signature) for signature in signatures]
        named = [one for one in found if one is not None]
        return frozenset().union(*named) if len(named) == len(found) else None

    def invalidate(self, wallet: str) -> None:
        """Read the list of this wallet again when it is needed next."""
        known = self._known.get(wallet)
        if known is not None:
            known.read_at = float("-inf")

    def keep_only(self, wallets: Container[str]) -> None:
        """Forget all other wallets."""
        for wallet in [wallet for wallet in self._known if wallet not in wallets]:
            del self._known[wallet]
            self.changes += 1

    async def _read(self, wallet: str) -> None:
        """Read a list; accounts that were learned meanwhile are kept, for the answer may be older."""
        known = self._known.get(wallet)
        before = frozenset(known.accounts) if known is not None else frozenset()
        read = await token_accounts(self._rpc, wallet, commitment=self._commitment)
        now = self._known.setdefault(wallet, _Known(float("-inf")))
        meanwhile = [account for account in now.accounts if account not in before]
        accounts = dict.fromkeys([*read, *meanwhile])
        self.changes += accounts.keys() != now.accounts.keys()
        now.read_at, now.accounts = self._clock(), accounts

    def _add(self, known: _Known, account: str) -> None:
        if account not in known.accounts:
            known.accounts[account] = None
            self.changes += 1
