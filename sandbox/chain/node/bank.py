"""The bank: runs signed transactions on LiteSVM and records what each of them did to each account."""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import msgspec
from solders.account import Account
from solders.clock import Clock
from solders.hash import Hash
from solders.litesvm import LiteSVM
from solders.pubkey import Pubkey
from solders.rent import Rent
from solders.transaction import VersionedTransaction
from solders.transaction_metadata import FailedTransactionMetadata, TransactionMetadata

from sandbox.chain.chain_api import TransactionRejected
from sandbox.chain.encodings.tokens import NATIVE_DECIMALS, NATIVE_MINT, holding_of, mint_of, token_balance
from sandbox.chain.encodings.transactions import ExecutedBody
from sandbox.chain.transactions.landed import LandedTransaction, Message, Outcome, is_vote, memo_of, owners_of
from sandbox.chain.transactions.messages import loaded_keys, read_instruction, read_message
from sandbox.chain.transactions.rejections import reason_of

SLOTS_PER_EPOCH = 432_000

States: TypeAlias = dict[Pubkey, Account | None]

_EMPTY = Account(0, b"", Pubkey.default())


@dataclass(slots=True, frozen=True, kw_only=True)
class Execution:
    """A transaction that landed, with its writable accounts before and after it."""

    transaction: LandedTransaction
    before: States
    after: States


@dataclass(slots=True, frozen=True, kw_only=True)
class _TransactionAccounts:
    """The account keys of one transaction, in its order."""

    message: Message
    keys: list[Pubkey]
    writable: list[bool]
    loaded: tuple[tuple[str, ...], tuple[str, ...]]
    programs: frozenset[int]


def new_machine(lamports_per_byte: int) -> LiteSVM:
    """A LiteSVM with all programs and this rent; the chain checks blockhashes and repeated signatures."""
    machine = LiteSVM().with_blockhash_check(check=False).with_transaction_history(0)
    machine.set_rent(Rent.with_lamports_per_byte(lamports_per_byte))
    return machine


@dataclass(slots=True)
class Bank:
    """All accounts as they are now, and the machine that changes them."""

    svm: LiteSVM
    decimals: dict[str, int] = field(default_factory=lambda: {NATIVE_MINT: NATIVE_DECIMALS})

    def account(self, key: Pubkey) -> Account | None:
        """The account as it is now; None: there is none."""
        found = self.svm.get_account(key)
        return found if found is not None and found.lamports else None

    def set_account(self, key: Pubkey, account: Account | None) -> None:
        """Write an account without any transaction, or (None) remove it."""
        self.svm.set_account(key, account or _EMPTY)

    def enter_slot(self, slot: int, unix_time: int, hashes: list[tuple[int, Hash]]) -> None:
        """Set the clock and the slot hashes of the machine.

        Args:
            slot: the slot that is now open.
            unix_time: its time in seconds.
            hashes: slots and blockhashes, newest first.
        """
        epoch = slot // SLOTS_PER_EPOCH
        self.svm.set_clock(
            Clock(
                slot=slot,
                epoch_start_timestamp=unix_time,
                epoch=epoch,
                leader_schedule_epoch=epoch + 1,
                unix_timestamp=unix_time,
            )
        )
        self.svm.set_slot_hashes(hashes)

    def execute(self, tx: VersionedTransaction) -> Execution:
        """Run a transaction and record what it did.

        Raises:
            TransactionRejected: it cannot land, not even to pay its fee.
        """
        accounts = self._accounts(tx)
        before = self._states(accounts)
        result = self.svm.send_transaction(tx)
        payer = accounts.keys[0]
        if isinstance(result, FailedTransactionMetadata) and not self._charged(payer, before[0]):
            raise TransactionRejected(*reason_of(result))
        after = self._states(accounts)
        return Execution(
            transaction=self._landed(tx, accounts, result, (before, after)),
            before=_writable(accounts, before),
            after=_writable(accounts, after),
        )

    def simulate(self, tx: VersionedTransaction) -> tuple[Any, TransactionMetadata]:
        """Run a transaction without keeping its effects.

        Returns:
            Its error as JSON (None: it succeeds), and its metadata.
        """
        result = self.svm.simulate_transaction(tx)
        if isinstance(result, FailedTransactionMetadata):
            return msgspec.json.decode(result.to_json())["err"], result.meta()
        return None, result.meta()

    def _charged(self, payer: Pubkey, before: Account | None) -> bool:
        return before is not None and (self.svm.get_balance(payer) or 0) != before.lamports

    def _accounts(self, tx: VersionedTransaction) -> _TransactionAccounts:
        message = read_message(tx.message)
        writable, readonly = loaded_keys(tx.message, self.account)
        return _TransactionAccounts(
            message=message,
            keys=[*tx.message.account_keys, *writable, *readonly],
            writable=[message.is_writable(index) for index in range(len(message.keys))]
            + [True] * len(writable)
            + [False] * len(readonly),
            loaded=(tuple(map(str, writable)), tuple(map(str, readonly))),
            programs=frozenset(one.program for one in message.instructions),
        )

    def _states(self, accounts: _TransactionAccounts) -> list[Account | None]:
        """Account states by index; of a called program only the balance, because its code is large."""
        return [
            Account(self.svm.get_balance(key) or 0, b"", _EMPTY.owner)
            if index in accounts.programs
            else self.account(key)
            for index, key in enumerate(accounts.keys)
        ]

    def _landed(
        self,
        tx: VersionedTransaction,
        accounts: _TransactionAccounts,
        result: TransactionMetadata | FailedTransactionMetadata,
        states: tuple[list[Account | None], list[Account | None]],
    ) -> LandedTransaction:
        signatures = tuple(str(one) for one in tx.signatures)
        keys = (*accounts.message.keys, *accounts.loaded[0], *accounts.loaded[1])
        outcome = self._outcome(accounts, result, states)
        wire = bytes(tx)
        return LandedTransaction(
            signatures=signatures,
            version=accounts.message.version,
            keys=keys,
            err=outcome.err,
            logs=outcome.logs,
            memo=memo_of(keys, outcome, accounts.message),
            is_vote=is_vote(accounts.message),
            body=ExecutedBody(signatures, accounts.message, outcome, wire),
            owners=owners_of(outcome.pre_tokens, outcome.post_tokens),
            wire=wire,
        )

    def _outcome(
        self,
        accounts: _TransactionAccounts,
        result: TransactionMetadata | FailedTransactionMetadata,
        states: tuple[list[Account | None], list[Account | None]],
    ) -> Outcome:
        meta = result.meta() if isinstance(result, FailedTransactionMetadata) else result
        failed = isinstance(result, FailedTransactionMetadata)
        return Outcome(
            err=msgspec.json.decode(result.to_json())["err"] if failed else None,
            fee=meta.fee(),
            pre_balances=[one.lamports if one else 0 for one in states[0]],
            post_balances=[one.lamports if one else 0 for one in states[1]],
            pre_tokens=self._token_balances(states[0]),
            post_tokens=self._token_balances(states[1]),
            inner=_inner(meta),
            logs=meta.logs(),
            units=meta.compute_units_consumed(),
            writable=accounts.loaded[0],
            readonly=accounts.loaded[1],
            return_data=_return_data(meta),
            rewards=[],
        )

    def _token_balances(self, states: list[Account | None]) -> list[Any]:
        holdings = [(index, holding_of(one)) for index, one in enumerate(states)]
        return [token_balance(index, one, self._decimals(one.mint)) for index, one in holdings if one]

    def _decimals(self, mint: str) -> int:
        known = self.decimals.get(mint)
        if known is None:
            figures = mint_of(self.account(Pubkey.from_string(mint)))
            if figures is None:
                return 0
            known = self.decimals[mint] = figures.decimals
        return known


def _writable(accounts: _TransactionAccounts, states: list[Account | None]) -> States:
    rows = zip(accounts.keys, accounts.writable, states, strict=True)
    return {key: state for key, writable, state in rows if writable}


def _inner(meta: TransactionMetadata) -> tuple[tuple[int, Any], ...]:
    groups = enumerate(meta.inner_instructions())
    return tuple(
        (index, tuple(read_instruction(one.instruction(), one.stack_height()) for one in group))
        for index, group in groups
        if group
    )


def _return_data(meta: TransactionMetadata) -> Any:
    found = msgspec.json.decode(meta.to_json())["return_data"]
    if not found["data"]:
        return None
    return {"program": str(Pubkey(bytes(found["program_id"]))), "data": bytes(found["data"])}
