"""What actors see of the chain, and what the chain asks of them."""

from typing import Protocol

from solders.account import Account
from solders.hash import Hash
from solders.pubkey import Pubkey
from solders.signature import Signature
from solders.transaction import VersionedTransaction


class TransactionRejected(Exception):  # noqa: N818 - a verdict, not a fault
    """The transaction cannot land in any block; `reason` says why in the node's words.

    Raised for a bad signature, an unknown or expired blockhash, a repeated transaction, or a fee payer that
    cannot pay. A transaction that fails while it runs is not rejected: it lands as failed and costs its fee.
    `err` is the reason as RPC answers write it ("BlockhashNotFound").
    """

    def __init__(self, reason: str, err: object = None) -> None:
        """Keep the reason in words and as JSON."""
        super().__init__(reason)
        self.reason = reason
        self.err = err


class ChainApi(Protocol):
    """A chain to trade on. All amounts are in lamports; no method waits."""

    @property
    def slot(self) -> int:
        """The slot that transactions sent now become part of."""

    def latest_blockhash(self) -> Hash:
        """The blockhash to build the next transactions with; it stays valid for 150 blocks."""

    def send(self, tx: VersionedTransaction) -> Signature:
        """Run `tx` in the open slot; it lands even if it fails on chain.

        Raises:
            TransactionRejected: it cannot land in a block at all.
        """

    def account(self, pubkey: Pubkey) -> Account | None:
        """The account as it is now; None: there is none."""

    def balance(self, pubkey: Pubkey) -> int:
        """The lamports of `pubkey`; 0 if there is no account."""

    def airdrop(self, pubkey: Pubkey, lamports: int) -> Signature:
        """Transfer lamports from the faucet by a transaction in the open slot.

        Raises:
            TransactionRejected: the faucet has too little.
        """

    def minimum_balance(self, size: int) -> int:
        """The lamports that an account of `size` bytes must hold."""


class Residents(Protocol):
    """Actors that act by themselves, called once in each slot that is produced."""

    def on_slot(self, api: ChainApi, slot: int) -> None:
        """Act in `slot`; equal seeds and equal slots must bring equal transactions."""
