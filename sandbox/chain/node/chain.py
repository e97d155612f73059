"""The chain itself, without clock or sockets: runs transactions, closes slots, drops forks."""

import hashlib
import random
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from solders.account import Account
from solders.compute_budget import set_compute_unit_limit
from solders.hash import Hash
from solders.keypair import Keypair
from solders.message import MessageV0, MessageV1
from solders.pubkey import Pubkey
from solders.signature import Signature
from solders.system_program import TransferParams, transfer
from solders.transaction import VersionedTransaction

from sandbox.chain.chain_api import TransactionRejected
from sandbox.chain.config import ChainConfig, Consensus
from sandbox.chain.faults import Fault, Faults
from sandbox.chain.node.bank import Bank, States, new_machine
from sandbox.chain.node.blocks import Block, Commitment
from sandbox.chain.node.history import History
from sandbox.chain.node.open_slot import OpenSlot
from sandbox.chain.node.token_accounts import TokenAccountIndex
from sandbox.chain.replay.accounts import recorded_accounts
from sandbox.chain.replay.replay import Batch, Replay
from sandbox.chain.transactions.landed import LandedTransaction
from sandbox.chain.transactions.rejections import TEXTS

BLOCKHASH_LIFE = 150
"""Blocks for which a blockhash can be used."""

MAX_TRANSACTION_BYTES = 1_232
"""Bytes of a legacy or version 0 transaction."""
MAX_V1_TRANSACTION_BYTES = 4_096
"""Bytes of a version 1 transaction."""

_SLOT_HASHES = 512
_FAUCET_LAMPORTS = 500_000_000 * 10**9
_AIRDROP_UNITS = 1_000


@dataclass(slots=True, frozen=True, kw_only=True)
class Advance:
    """One step: the new block, and the blocks that it confirmed and finalized, oldest first."""

    produced: Block
    confirmed: list[Block]
    finalized: list[Block]


class Chain:
    """One chain in one process; actors use it as a `ChainApi`."""

    def __init__(self, config: ChainConfig, faults: Faults) -> None:
        """Make the first block, finalized, at `config.start_slot`, and open the slot after it."""
        self.bank = Bank(svm=new_machine(config.consensus.lamports_per_byte))
        self.token_accounts = TokenAccountIndex()
        self.genesis = _digest(b"genesis", config.seed.to_bytes(16, "little", signed=True))
        self.history = History(_first_block(config, self.genesis), config.history)
        self.open = OpenSlot(config.start_slot + 1)
        self._config = config
        self._faults = faults
        self._random = random.Random(config.seed)  # noqa: S311 - repeatable, not secret
        self._hashes: deque[tuple[int, Hash]] = deque(maxlen=_SLOT_HASHES)
        self._hashes.append((config.start_slot, self.history.tip(Commitment.processed).blockhash))
        self._faucet = Keypair.from_seed(hashlib.sha256(b"faucet" + bytes(self.genesis)).digest())
        self._airdrops = 0
        self.landed = 0
        self._fork: Fault | None = None
        self._replay = Replay(config.replay) if config.replay else None
        self._replaying = True
        self.bank.set_account(self._faucet.pubkey(), Account(_FAUCET_LAMPORTS, b"", Pubkey.default()))
        if config.replay is not None:
            for key, account in recorded_accounts(config.replay.folder):
                self.put_account(key, account)
        self._enter_slot()

    @property
    def alpenglow_since(self) -> int | None:
        """The first slot after which a confirmed block is final; None: it is not."""
        is_new = self._config.consensus is Consensus.ALPENGLOW
        return self._config.start_slot if is_new else None

    @property
    def slot(self) -> int:
        """The slot that transactions sent now become part of."""
        return self.open.slot

    @property
    def tip(self) -> Block:
        """The newest block."""
        return self.history.tip(Commitment.processed)

    def pause_replay(self) -> None:
        """Serve no recorded transactions from now on."""
        self._replaying = False

    def resume_replay(self) -> None:
        """Serve recorded transactions from where the replay was paused."""
        self._replaying = True

    def latest_blockhash(self) -> Hash:
        """The blockhash of the newest block."""
        return self.tip.blockhash

    def account(self, pubkey: Pubkey) -> Account | None:
        """The account as it stands now, open slot included."""
        return self.bank.account(pubkey)

    def balance(self, pubkey: Pubkey) -> int:
        """Lamports held now; 0 where there is no account."""
        return self.bank.svm.get_balance(pubkey) or 0

    def minimum_balance(self, size: int) -> int:
        """Lamports that make an account of `size` bytes exempt from rent."""
        return self.bank.svm.minimum_balance_for_rent_exemption(size)

    def send(self, tx: VersionedTransaction) -> Signature:
        """Run `tx` in the open slot.

        Raises:
            TransactionRejected: it cannot land in a block at all.
        """
        self.check_form(tx)
        execution = self.bank.execute(tx)
        self.open.add(execution)
        self.token_accounts.add(execution.after)
        return tx.signatures[0]

    def check_form(self, tx: VersionedTransaction) -> None:
        """Check size, signature and blockhash of a transaction before it runs.

        Raises:
            TransactionRejected: it is too big, has landed before, or its blockhash is unknown or too old.
        """
        max_bytes = MAX_V1_TRANSACTION_BYTES if isinstance(tx.message, MessageV1) else MAX_TRANSACTION_BYTES
        if len(bytes(tx)) > max_bytes:
            raise TransactionRejected(f"{TEXTS['TooLarge']}: over {max_bytes} bytes", "SanitizeFailure")
        if self.known(str(tx.signatures[0])):
            raise TransactionRejected(TEXTS["AlreadyProcessed"], "AlreadyProcessed")
        if not self.is_recent(tx.message.recent_blockhash):
            raise TransactionRejected(TEXTS["BlockhashNotFound"], "BlockhashNotFound")

    def known(self, signature: str) -> bool:
        """Return whether a transaction of that signature has landed."""
        return signature in self.open.transactions or self.history.transaction(signature) is not None

    def is_recent(self, blockhash: Hash) -> bool:
        """Return whether transactions can still be built with this blockhash."""
        return any(one == blockhash for _, one in islice(self._hashes, BLOCKHASH_LIFE + 1))

    def airdrop(self, pubkey: Pubkey, lamports: int) -> Signature:
        """Transfer lamports from the faucet; each airdrop has a signature of its own.

        Raises:
            TransactionRejected: the faucet has too little.
        """
        if lamports > self.balance(self._faucet.pubkey()):
            raise TransactionRejected(TEXTS["InsufficientFundsForFee"], "InsufficientFundsForFee")
        self._airdrops += 1
        payer = self._faucet.pubkey()
        gift = transfer(TransferParams(from_pubkey=payer, to_pubkey=pubkey, lamports=lamports))
        distinct = set_compute_unit_limit(_AIRDROP_UNITS + self._airdrops)
        message = MessageV0.try_compile(payer, [distinct, gift], [], self.latest_blockhash())
        return self.send(VersionedTransaction(message, [self._faucet]))

    def put_account(self, pubkey: Pubkey, account: Account) -> None:
        """Write an account without any transaction: for genesis, where no program can make it."""
        self.bank.set_account(pubkey, account)
        self.token_accounts.add({pubkey: account})

    def step(self) -> Advance:
        """Close the open slot as a block and open the next.

        Residents act before the slot closes, but not in a slot that is filled with recorded transactions.
        """
        self._apply_fork()
        recorded = self._recorded()
        if recorded is None and self._config.residents is not None and self._produces_own_blocks():
            self._config.residents.on_slot(self, self.slot)
        block = self._close(recorded or Batch([], []))
        self.history.append(block)
        self.landed += len(block.transactions)
        self._hashes.appendleft((block.slot, block.blockhash))
        confirmed = self.history.raise_commitment(
            Commitment.confirmed, block.slot - self._config.confirmed_lag
        )
        finalized = self.history.raise_commitment(Commitment.finalized, block.slot - self._config.finality)
        if self._config.confirmed_lag > 0:
            self._fork = self._faults.take("fork")
        self.open = OpenSlot(self._next_slot(block.slot))
        self._enter_slot()
        return Advance(produced=block, confirmed=confirmed, finalized=finalized)

    def _produces_own_blocks(self) -> bool:
        replay = self._config.replay
        return replay is None or replay.own_blocks

    def _recorded(self) -> Batch | None:
        """The recorded transactions for this slot; None if the slot is the chain's own."""
        if self._replay is None or not self._replaying:
            return None
        if self._config.replay is not None and self._config.replay.own_blocks and self.tip.height % 2:
            return None
        return self._replay.next_batch()

    def _close(self, recorded: Batch) -> Block:
        parent = self.tip
        landed = [one for one in recorded.transactions if not self.known(one.signature)]
        transactions = [*self.open.transactions.values(), *landed]
        parts = (one.signature.encode() for one in transactions)
        return Block(
            slot=self.slot,
            parent=parent.slot,
            height=parent.height + 1,
            blockhash=_digest(bytes(parent.blockhash), self.slot.to_bytes(8, "little"), *parts),
            previous=parent.blockhash,
            time=int(self._config.now()),
            transactions=transactions,
            rewards=recorded.rewards,
            before=self.open.before,
            after=self.open.changed(),
        )

    def _next_slot(self, slot: int) -> int:
        slot += 1
        while self._faults.take("skip_slot") or self._random.random() < self._config.skip_probability:
            slot += 1
        return slot

    def _enter_slot(self) -> None:
        self.bank.enter_slot(self.slot, int(self._config.now()), list(self._hashes))

    def _apply_fork(self) -> None:
        """Drop the newest block if a fault made it a fork; `reland` lets its transactions land again."""
        fork, self._fork = self._fork, None
        if fork is None:
            return
        since = list(self.open.transactions.values())
        self._undo(self.open.before)
        block = self.history.drop_newest()
        self._undo(block.before)
        self._hashes.popleft()
        self.open = OpenSlot(self.slot)
        again = block.transactions if fork.reland else []
        for one in (*again, *since):
            self._send_again(one)

    def _undo(self, before: States) -> None:
        for key, state in before.items():
            self.bank.set_account(key, state)

    def _send_again(self, one: LandedTransaction) -> None:
        if one.wire is None:
            self.open.transactions[one.signature] = one
            return
        with suppress(TransactionRejected):
            self.send(VersionedTransaction.from_bytes(one.wire))


def _first_block(config: ChainConfig, genesis: Hash) -> Block:
    """The block after genesis; the slots between the two have no blocks."""
    return Block(
        slot=config.start_slot,
        parent=0,
        height=config.start_slot,
        blockhash=_digest(bytes(genesis), b"first"),
        previous=genesis,
        time=int(config.now()),
        transactions=[],
    )


def _digest(*parts: bytes) -> Hash:
    return Hash(hashlib.sha256(b"".join(parts)).digest())
