"""Writes a transaction as RPC answers give it: json, jsonParsed, base64, base58, or accounts only.

In jsonParsed each instruction names its program and accounts and keeps its data in base58, as a node writes
the instructions of programs that it has no parser for.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import base58

from sandbox.chain.transactions.landed import Encoding, Instruction, Json, Message, Outcome


@dataclass(slots=True, frozen=True)
class ExecutedBody:
    """A transaction that ran here, so that every encoding can be written."""

    signatures: tuple[str, ...]
    message: Message
    outcome: Outcome
    wire: bytes

    def full(self, encoding: Encoding) -> tuple[Json, Json]:
        """`transaction` and `meta` as in getTransaction."""
        parsed = encoding == "jsonParsed"
        return self._transaction(encoding), meta_json(self.message, self.outcome, parsed=parsed)

    def accounts(self) -> tuple[Json, Json]:
        """`transaction` and `meta` as in getBlock with transactionDetails "accounts"."""
        listed = {"signatures": self.signatures, "accountKeys": parsed_keys(self.message, self.outcome)}
        return listed, accounts_meta(meta_json(self.message, self.outcome, parsed=False))

    def _transaction(self, encoding: Encoding) -> Json:
        if encoding == "base64":
            return [base64.b64encode(self.wire).decode(), "base64"]
        if encoding == "base58":
            return [base58.b58encode(self.wire).decode(), "base58"]
        write = parsed_message if encoding == "jsonParsed" else raw_message
        return {"signatures": self.signatures, "message": write(self.message, self.outcome)}


def accounts_meta(meta: dict[str, Any]) -> dict[str, Any]:
    """The fields of `meta` that an accounts-only transaction has."""
    wanted = ("err", "status", "fee", "preBalances", "postBalances", "preTokenBalances", "postTokenBalances")
    return {name: meta[name] for name in wanted if name in meta}


def raw_message(message: Message, _outcome: Outcome) -> dict[str, Any]:
    """The message in encoding "json"."""
    signed, readonly_signed, readonly_unsigned = message.header
    written: dict[str, Any] = {
        "header": {
            "numRequiredSignatures": signed,
            "numReadonlySignedAccounts": readonly_signed,
            "numReadonlyUnsignedAccounts": readonly_unsigned,
        },
        "accountKeys": message.keys,
        "recentBlockhash": message.blockhash,
        "instructions": [raw_instruction(one, 1) for one in message.instructions],
    }
    return written | _version_fields(message)


def parsed_message(message: Message, outcome: Outcome) -> dict[str, Any]:
    """The message in encoding "jsonParsed"."""
    keys = (*message.keys, *outcome.writable, *outcome.readonly)
    written: dict[str, Any] = {
        "accountKeys": parsed_keys(message, outcome),
        "recentBlockhash": message.blockhash,
        "instructions": [named_instruction(keys, one, 1) for one in message.instructions],
    }
    return written | _version_fields(message)


def _version_fields(message: Message) -> dict[str, Any]:
    """The fields of some versions: the lookups of version 0, the compute budget of version 1."""
    fields: dict[str, Any] = {}
    if message.lookups is not None:
        fields["addressTableLookups"] = [
            {"accountKey": one.table, "writableIndexes": one.writable, "readonlyIndexes": one.readonly}
            for one in message.lookups
        ]
    if message.config is not None:
        fields["transactionConfig"] = message.config
    return fields


def parsed_keys(message: Message, outcome: Outcome) -> list[dict[str, Any]]:
    """Every account key with signer, writable and source."""
    static = [
        _key(key, signer=message.is_signer(index), writable=message.is_writable(index), source="transaction")
        for index, key in enumerate(message.keys)
    ]
    loaded = [(key, True) for key in outcome.writable] + [(key, False) for key in outcome.readonly]
    return static + [_key(key, signer=False, writable=may, source="lookupTable") for key, may in loaded]


def _key(pubkey: str, *, signer: bool, writable: bool, source: str) -> dict[str, Any]:
    return {"pubkey": pubkey, "signer": signer, "source": source, "writable": writable}


def raw_instruction(one: Instruction, depth: int | None) -> dict[str, Any]:
    """A compiled instruction; `depth` is used if it has none."""
    return {
        "accounts": one.accounts,
        "data": base58_of(one.data),
        "programIdIndex": one.program,
        "stackHeight": one.depth or depth,
    }


def named_instruction(keys: Sequence[str], one: Instruction, depth: int | None) -> dict[str, Any]:
    """An instruction with addresses in place of indexes.

    Args:
        keys: all of the transaction, those of lookup tables behind the static ones.
        one: the instruction, whose indexes point into `keys`.
        depth: is used if it has none; None: null is written, as older recordings do.
    """
    return {
        "accounts": [keys[index] for index in one.accounts],
        "data": base58_of(one.data),
        "programId": keys[one.program],
        "stackHeight": one.depth or depth,
    }


@lru_cache(maxsize=4096)
def base58_of(data: bytes) -> str:
    """The base58 text of instruction data; cached, because many instructions repeat."""
    return base58.b58encode(data).decode()


def meta_json(message: Message, outcome: Outcome, *, parsed: bool) -> dict[str, Any]:
    """`meta` of an answer; fields that an older recording lacks are left out or null.

    Args:
        message: of the same transaction.
        outcome: what the transaction did.
        parsed: whether the encoding is jsonParsed, which names keys where json has indexes.
    """
    written: dict[str, Any] = {
        "err": outcome.err,
        "status": {"Ok": None} if outcome.err is None else {"Err": outcome.err},
        "fee": outcome.fee,
        "preBalances": outcome.pre_balances,
        "postBalances": outcome.post_balances,
        "innerInstructions": parsed_inner(message, outcome) if parsed else raw_inner(outcome),
        "logMessages": outcome.logs,
        "preTokenBalances": outcome.pre_tokens,
        "postTokenBalances": outcome.post_tokens,
        "rewards": outcome.rewards,
    }
    if not parsed:
        written["loadedAddresses"] = {"writable": outcome.writable, "readonly": outcome.readonly}
    if outcome.return_data is not None:
        written["returnData"] = _return_data(outcome.return_data)
    if outcome.units is not None:
        written["computeUnitsConsumed"] = outcome.units
    return written


def raw_inner(outcome: Outcome) -> list[dict[str, Any]] | None:
    """Inner instructions in encoding "json"; None: none were recorded."""
    if outcome.inner is None:
        return None
    return [
        {"index": index, "instructions": [raw_instruction(one, None) for one in group]}
        for index, group in outcome.inner
    ]


def parsed_inner(message: Message, outcome: Outcome) -> list[dict[str, Any]] | None:
    """Inner instructions in encoding "jsonParsed"; None: none were recorded."""
    if outcome.inner is None:
        return None
    keys = (*message.keys, *outcome.writable, *outcome.readonly)
    return [
        {"index": index, "instructions": [named_instruction(keys, one, None) for one in group]}
        for index, group in outcome.inner
    ]


def _return_data(found: Json) -> Json:
    if not isinstance(found["data"], bytes):
        return found
    return {"programId": found["program"], "data": [base64.b64encode(found["data"]).decode(), "base64"]}
