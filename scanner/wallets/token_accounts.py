"""Which token accounts wallets have: read from the chain, and learned from every transaction decoded here.

An incoming token transfer names the token account and need not name its owner, so that both the lists of
signatures and the subscriptions to logs ask for these accounts as well.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Container, Iterable
from dataclasses import dataclass, field

from chain.parsing.transaction import Transaction
from chain.rpc.pool import RpcPool
from chain.rpc.signatures import token_accounts
from runtime.clock import monotonic

BELIEVED_SECONDS = 600.0
"""How long a wallet's list is believed where the feed's completeness rests on it."""
REMEMBERED = 20_000
"""Transactions of which we know that what they opened is known."""


@dataclass(slots=True)
class _Known:
    """Of one wallet."""

    read_at: float
    accounts: dict[str, None] = field(default_factory=dict)
    """In the order in which they came to be known."""


class TokenAccounts:
    """The book of token accounts of one process."""

    def __init__(self, rpc: RpcPool, *, commitment: str, clock: Callable[[], float] = monotonic) -> None:
        self.changes = 0
        """Grows whenever an account becomes known, or is known no longer."""
        self._rpc = rpc
        self._commitment = commitment
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._learned_from: OrderedDict[str, None] = OrderedDict()

    async def of(self, wallet: str, *, believed_seconds: float = BELIEVED_SECONDS) -> tuple[str, ...]:
        """The accounts of a wallet, asked for where what is known is older than that.

        Raises:
            NodeUnavailable: no provider answered.
        """
        known = self._known.get(wallet)
        if known is None or self._clock() - known.read_at > believed_seconds:
            await self._read(wallet)
        return self.known(wallet)

    def known(self, wallet: str) -> tuple[str, ...]:
        """What is known by now, the newest first; asks nobody."""
        found = self._known.get(wallet)
        return () if found is None else tuple(reversed(found.accounts))

    def unread(self, wallets: Iterable[str], *, believed_seconds: float) -> list[str]:
        """Those of `wallets` whose list is older than that: those never read first."""
        oldest = self._clock() - believed_seconds
        read = {wallet: known.read_at for wallet, known in self._known.items()}
        due = [wallet for wallet in wallets if read.get(wallet, float("-inf")) < oldest]
        return sorted(due, key=lambda wallet: read.get(wallet, float("-inf")))

    def count(self, wallets: Collection[str]) -> int:
        """How many accounts of these wallets are known."""
        return sum(len(known.accounts) for wallet, known in self._known.items() if wallet in wallets)

    def learn(self, transaction: Transaction, wallets: Container[str]) -> None:
        """Note what the transaction tells of the accounts of `wallets` whose lists were read before."""
        for balance in (*transaction.pre_tokens, *transaction.post_tokens):
            known = self._known.get(balance.owner or "")
            if known is not None and balance.owner in wallets and balance.account < len(transaction.keys):
                self._add(known, transaction.keys[balance.account])
        self._learned_from[transaction.signature] = None
        if len(self._learned_from) > REMEMBERED:
            self._learned_from.popitem(last=False)

    def has_learned_from(self, signature: str) -> bool:
        """Whether what this transaction opened is known."""
        return signature in self._learned_from

    def doubt(self, wallet: str) -> None:
        """Read the list of this wallet anew when it is needed next."""
        known = self._known.get(wallet)
        if known is not None:
            known.read_at = float("-inf")

    def keep_only(self, wallets: Container[str]) -> None:
        """Forget all other wallets."""
        for wallet in [wallet for wallet in self._known if wallet not in wallets]:
            del self._known[wallet]
            self.changes += 1

    async def _read(self, wallet: str) -> None:
        """What is learned while the node answers is kept: the answer may be older."""
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
