"""Instructions as encoding "jsonParsed" shows them: parsed where the program is known, else as they are."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import base58

from sandbox.chain.parsed_system import parse_system
from sandbox.chain.parsed_token import parse_token
from sandbox.chain.transactions.landed import Instruction
from sandbox.chain.unreadable import Unreadable

Parsed: TypeAlias = dict[str, Any]
Parser: TypeAlias = Callable[[Sequence[str], bytes], Parsed | str]

ASSOCIATED = "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL"


def parse_instruction(keys: Sequence[str], one: Instruction, depth: int | None) -> Parsed:
    """The instruction as a node with parsers shows it; `depth` is used where it does not know its own."""
    program = keys[one.program]
    accounts = [keys[index] for index in one.accounts]
    height = one.depth or depth
    known = PARSERS.get(program)
    if known is not None:
        try:
            return {
                "parsed": known[1](accounts, one.data),
                "program": known[0],
                "programId": program,
                "stackHeight": height,
            }
        except Unreadable:
            pass
    data = base58.b58encode(one.data).decode()
    return {"accounts": accounts, "data": data, "programId": program, "stackHeight": height}


def parse_memo(_accounts: Sequence[str], data: bytes) -> str:
    """A memo is its text.

    Raises:
        Unreadable: it is not UTF-8.
    """
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise Unreadable from error


def parse_associated(accounts: Sequence[str], data: bytes) -> Parsed:
    """Instructions of the associated token account program.

    Raises:
        Unreadable: unknown, or too few accounts.
    """
    kind = data[0] if data else 0
    if kind >= len(_ASSOCIATED_KINDS):
        raise Unreadable
    name, roles = _ASSOCIATED_KINDS[kind]
    if len(accounts) < len(roles):
        raise Unreadable
    return {"type": name, "info": dict(zip(roles, accounts, strict=False))}


_CREATE = ("source", "account", "wallet", "mint", "systemProgram", "tokenProgram")
_RECOVER = ("nestedSource", "nestedMint", "destination", "nestedOwner", "ownerMint", "wallet", "tokenProgram")
_ASSOCIATED_KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("create", _CREATE),
    ("createIdempotent", _CREATE),
    ("recoverNested", _RECOVER),
)

PARSERS: dict[str, tuple[str, Parser]] = {
    "11111111111111111111111111111111": ("system", parse_system),
    "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA": ("spl-token", parse_token),
    "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb": ("spl-token", parse_token),
    ASSOCIATED: ("spl-associated-token-account", parse_associated),
    "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr": ("spl-memo", parse_memo),
    "Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo": ("spl-memo", parse_memo),
}
