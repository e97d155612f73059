"""What the local chain offers to those who live on it, and what it asks of them."""

from typing import Protocol

from solders.account import Account
from solders.hash import Hash
from solders.pubkey import Pubkey
from solders.signature import Signature
from solders.transaction import VersionedTransaction


class TransactionRejected(Exception):  # noqa: N818 - a verdict, not a fault
    """The transaction would not land in any block; `reason` is the node's text for why.

    Raised for a bad signature, an unknown or expired blockhash, a transaction seen before, or a fee payer
    that cannot pay. A transaction that fails while it runs is not rejected: it lands, failed, and costs its
    fee. `err` is the same reason as RPC answers write it ("BlockhashNotFound").
    """

    def __init__(self, reason: str, err: object = None) -> None:
        """Keep the reason in the node's own words, and in its own JSON."""
        super().__init__(reason)
        self.reason = reason
        self.err = err


class ChainApi(Protocol):
    """A chain to trade on. All amounts are lamports; nothing here waits."""

    @property
    def slot(self) -> int:
        """The slot that transactions sent now will be part of."""

    def latest_blockhash(self) -> Hash:
        """The blockhash to build the next transactions with; it stays valid for 150 blocks."""

    def send(self, tx: VersionedTransaction) -> Signature:
        """Execute `tx` in the current slot and record it, even if it fails on chain.

        Raises:
            TransactionRejected: it cannot land in a block at all.
        """

    def account(self, pubkey: Pubkey) -> Account | None:
        """The account as it stands now, or None where there is none."""

    def balance(self, pubkey: Pubkey) -> int:
        """Lamports held by `pubkey`; 0 where there is no account."""

    def airdrop(self, pubkey: Pubkey, lamports: int) -> Signature:
        """Give lamports out of the faucet, by a transaction of its own in the current slot.

        Raises:
            TransactionRejected: the faucet has not that much.
        """

    def minimum_balance(self, size: int) -> int:
        """Lamports that an account of `size` bytes must hold to exist."""


class Residents(Protocol):
    """Whoever acts on the chain by itself: called once at the start of each slot that is produced."""

    def on_slot(self, api: ChainApi, slot: int) -> None:
        """Act in `slot`; the same seed and the same slots must bring the same transactions."""
