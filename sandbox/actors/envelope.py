"""From instructions to a signed transaction: legacy, or v0 with a lookup table."""

from collections.abc import Sequence
from dataclasses import dataclass

from solders.address_lookup_table_account import AddressLookupTableAccount
from solders.hash import Hash
from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.message import Message, MessageV0
from solders.transaction import VersionedTransaction

from sandbox.actors.instructions import budget

UNITS = 260_000
"""Computation asked for: more than any trade here uses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Postage:
    """How a transaction is sent, apart from what it does."""

    blockhash: Hash
    nonce: int
    """Makes two otherwise equal transactions of one block differ; told by the compute limit."""
    priority: int = 0
    """Micro-lamports per unit of computation; 0: no such instruction."""
    table: AddressLookupTableAccount | None = None
    """A lookup table makes it a v0 transaction; None: legacy."""


def seal(
    instructions: Sequence[Instruction], signers: Sequence[Keypair], postage: Postage
) -> VersionedTransaction:
    """Sign `instructions` into one transaction; the first signer pays the fee.

    Signers that no instruction asks for are left out, so that every signature is needed.
    """
    complete = [*budget(UNITS + postage.nonce % 1_000, postage.priority), *instructions]
    payer = signers[0].pubkey()
    message: Message | MessageV0
    if postage.table is None:
        message = Message.new_with_blockhash(complete, payer, postage.blockhash)
    else:
        message = MessageV0.try_compile(payer, complete, [postage.table], postage.blockhash)
    needed = message.account_keys[: message.header.num_required_signatures]
    return VersionedTransaction(message, [key for key in signers if key.pubkey() in needed])
