"""Reads the message of a signed transaction, and the addresses that its lookup tables add."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import msgspec
from solders.account import Account
from solders.instruction import CompiledInstruction
from solders.message import Message as LegacyMessage
from solders.message import MessageV0, MessageV1
from solders.pubkey import Pubkey

from sandbox.chain.transactions.landed import Instruction, Lookup, Message, Version

AnyMessage: TypeAlias = LegacyMessage | MessageV0 | MessageV1

_TABLE_HEADER = 56
_KEY = 32


def read_message(message: AnyMessage) -> Message:
    """The message as the chain keeps it."""
    header = message.header
    return Message(
        version=_version(message),
        header=(
            header.num_required_signatures,
            header.num_readonly_signed_accounts,
            header.num_readonly_unsigned_accounts,
        ),
        keys=tuple(str(key) for key in message.account_keys),
        blockhash=str(message.recent_blockhash),
        instructions=tuple(read_instruction(one, None) for one in message.instructions),
        lookups=_lookups(message),
        config=_config(message),
    )


def read_instruction(compiled: CompiledInstruction, depth: int | None) -> Instruction:
    """One compiled instruction; `depth` is its height in the stack of calls."""
    return Instruction(compiled.program_id_index, tuple(compiled.accounts), compiled.data, depth)


def loaded_keys(
    message: AnyMessage, account: Callable[[Pubkey], Account | None]
) -> tuple[list[Pubkey], list[Pubkey]]:
    """The addresses that lookup tables add, writable and readonly; unknown ones are left out."""
    writable: list[Pubkey] = []
    readonly: list[Pubkey] = []
    if isinstance(message, MessageV0):
        for lookup in message.address_table_lookups:
            table = account(lookup.account_key)
            data = table.data if table else b""
            writable += _addresses(data, lookup.writable_indexes)
            readonly += _addresses(data, lookup.readonly_indexes)
    return writable, readonly


def _addresses(data: bytes, indexes: Sequence[int]) -> list[Pubkey]:
    starts = (_TABLE_HEADER + index * _KEY for index in indexes)
    return [Pubkey(data[start : start + _KEY]) for start in starts if start + _KEY <= len(data)]


def _version(message: AnyMessage) -> Version:
    if isinstance(message, LegacyMessage):
        return "legacy"
    return 0 if isinstance(message, MessageV0) else 1


def _lookups(message: AnyMessage) -> tuple[Lookup, ...] | None:
    if not isinstance(message, MessageV0):
        return None
    return tuple(
        Lookup(str(one.account_key), tuple(one.writable_indexes), tuple(one.readonly_indexes))
        for one in message.address_table_lookups
    )


def _config(message: AnyMessage) -> object:
    return msgspec.json.decode(message.config.to_json()) if isinstance(message, MessageV1) else None
