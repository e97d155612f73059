"""Builds signed transactions of any version from instructions."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from solders.address_lookup_table_account import AddressLookupTableAccount
from solders.hash import Hash
from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.message import Message, MessageV0, MessageV1, TransactionConfig
from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction

from sandbox.actors.building.instructions import compute_budget

UNITS = 260_000
"""The compute units that are asked for: more than any trade here uses."""
_MICRO = 1_000_000


class MessageVersion(StrEnum):
    """The version of the message."""

    LEGACY = "legacy"
    V0 = "table"
    """Version 0, with accounts from a lookup table."""
    V1 = "v1"
    """Version 1, whose compute budget stands in the header instead of in instructions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionOptions:
    """Everything of a transaction but its instructions and signers."""

    blockhash: Hash
    nonce: int
    """Makes two otherwise equal transactions of one block differ, by their compute unit limit."""
    table: AddressLookupTableAccount
    """Used by `MessageVersion.V0` alone."""
    version: MessageVersion = MessageVersion.LEGACY
    priority: int = 0
    """Micro-lamports per compute unit; 0: no priority fee."""

    @property
    def units(self) -> int:
        """The compute unit limit."""
        return UNITS + self.nonce % 1_000


def build_transaction(
    instructions: Sequence[Instruction], signers: Sequence[Keypair], options: TransactionOptions
) -> VersionedTransaction:
    """Sign `instructions` into one transaction; the first signer pays the fee.

    Signers that no instruction needs are left out.

    Args:
        instructions: in the order of their execution; those of the compute budget are added here.
        signers: the first one pays the fee; those that no instruction needs are left out.
        options: blockhash, version and fees.
    """
    message = _message(instructions, signers[0].pubkey(), options)
    needed = message.account_keys[: message.header.num_required_signatures]
    return VersionedTransaction(message, [key for key in signers if key.pubkey() in needed])


def _message(
    instructions: Sequence[Instruction], payer: Pubkey, options: TransactionOptions
) -> Message | MessageV0 | MessageV1:
    if options.version is MessageVersion.V1:
        return MessageV1.try_compile(payer, instructions, options.blockhash, _config(options))
    budgeted = [*compute_budget(options.units, options.priority), *instructions]
    if options.version is MessageVersion.V0:
        return MessageV0.try_compile(payer, budgeted, [options.table], options.blockhash)
    return Message.new_with_blockhash(budgeted, payer, options.blockhash)


def _config(options: TransactionOptions) -> TransactionConfig:
    fee = -(-options.priority * options.units // _MICRO)
    return TransactionConfig(priority_fee=fee or None, compute_unit_limit=options.units)
