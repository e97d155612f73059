"""One recorded transaction: served as it was recorded, and converted only into another encoding."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import base58
import msgspec
from solders.hash import Hash
from solders.instruction import CompiledInstruction
from solders.message import Message as LegacyMessage
from solders.message import MessageAddressTableLookup, MessageHeader, MessageV0
from solders.pubkey import Pubkey
from solders.signature import Signature
from solders.transaction import VersionedTransaction

from sandbox.chain.encodings.transactions import (
    accounts_meta,
    parsed_inner,
    parsed_keys,
    parsed_message,
    raw_message,
)
from sandbox.chain.transactions.landed import (
    VOTE_PROGRAM,
    Encoding,
    Instruction,
    Json,
    LandedTransaction,
    Lookup,
    Message,
    Outcome,
    Version,
    is_vote,
    memo_of,
    owners_of,
)
from sandbox.chain.transactions.messages import read_message


class RecordedTransaction(msgspec.Struct):
    """A getTransaction result, or one entry of a getBlock result; slot and time belong to the recording.

    `{"slot":341220118,"transaction":{"signatures":["5Nf2…"],"message":{}},"meta":{"err":null},"version":0}`.
    """

    transaction: msgspec.Raw
    meta: msgspec.Raw
    version: int | str | None = None


@dataclass(slots=True, frozen=True)
class ReplayedBody:
    """A recorded transaction whose message is known, so that it can be converted."""

    signatures: tuple[str, ...]
    message: Message
    outcome: Outcome
    recorded_as: Encoding
    transaction: msgspec.Raw
    meta: msgspec.Raw

    def full(self, encoding: Encoding) -> tuple[Json, Json]:
        """The recorded parts unchanged if the encodings are equal, else converted."""
        meta = self._parsed_meta() if encoding == "jsonParsed" else self.meta
        if encoding == self.recorded_as:
            return self.transaction, meta
        return self._converted(encoding), meta

    def accounts(self) -> tuple[Json, Json]:
        """The keys of the recorded message and the recorded balances."""
        listed = {"signatures": self.signatures, "accountKeys": parsed_keys(self.message, self.outcome)}
        return listed, accounts_meta(msgspec.json.decode(self.meta) or {})

    def _converted(self, encoding: Encoding) -> Json:
        if encoding in ("base64", "base58"):
            wire = signed_wire(self.signatures, self.message)
            if wire is None:
                return self.transaction
            encode = base64.b64encode if encoding == "base64" else base58.b58encode
            return [encode(wire).decode(), encoding]
        write = parsed_message if encoding == "jsonParsed" else raw_message
        return {"signatures": self.signatures, "message": write(self.message, self.outcome)}

    def _parsed_meta(self) -> Json:
        meta = msgspec.json.decode(self.meta)
        if not meta:
            return meta
        meta.pop("loadedAddresses", None)
        return meta | {"innerInstructions": parsed_inner(self.message, self.outcome)}


@dataclass(slots=True, frozen=True)
class ParsedBody:
    """A transaction recorded as jsonParsed, which cannot be converted: served unchanged in any encoding."""

    signatures: tuple[str, ...]
    keys: Sequence[Json]
    transaction: msgspec.Raw
    meta: msgspec.Raw

    def full(self, _encoding: Encoding) -> tuple[Json, Json]:
        """The recorded parts unchanged."""
        return self.transaction, self.meta

    def accounts(self) -> tuple[Json, Json]:
        """The recorded keys and the recorded balances."""
        listed = {"signatures": self.signatures, "accountKeys": self.keys}
        return listed, accounts_meta(msgspec.json.decode(self.meta) or {})


def read_recorded(answer: RecordedTransaction) -> LandedTransaction:
    """Read a recorded transaction, so that it can become part of a block.

    Raises:
        ValueError, LookupError, TypeError: it is not a transaction in any known encoding.
    """
    transaction = msgspec.json.decode(answer.transaction)
    meta = msgspec.json.decode(answer.meta) or {}
    if isinstance(transaction, list):
        return _of_wire(answer, transaction, meta)
    keys = transaction["message"]["accountKeys"]
    if keys and isinstance(keys[0], dict):
        return _of_parsed(answer, transaction, meta)
    return _of_json(answer, transaction, meta)


def _of_wire(answer: RecordedTransaction, transaction: list[str], meta: Json) -> LandedTransaction:
    text, encoding = transaction
    raw = base64.b64decode(text) if encoding == "base64" else base58.b58decode(text)
    signed = VersionedTransaction.from_bytes(raw)
    signatures = tuple(str(one) for one in signed.signatures)
    recorded_as: Encoding = "base64" if encoding == "base64" else "base58"
    return _convertible(answer, recorded_as, (signatures, read_message(signed.message)), meta)


def _of_json(answer: RecordedTransaction, transaction: Json, meta: Json) -> LandedTransaction:
    message = _message(transaction["message"], answer.version)
    return _convertible(answer, "json", (tuple(transaction["signatures"]), message), meta)


def _convertible(
    answer: RecordedTransaction, recorded_as: Encoding, signed: tuple[tuple[str, ...], Message], meta: Json
) -> LandedTransaction:
    signatures, message = signed
    outcome = _outcome(meta)
    keys = (*message.keys, *outcome.writable, *outcome.readonly)
    return LandedTransaction(
        signatures=signatures,
        version=message.version,
        keys=keys,
        err=outcome.err,
        logs=outcome.logs,
        memo=memo_of(keys, outcome, message),
        is_vote=is_vote(message),
        body=ReplayedBody(signatures, message, outcome, recorded_as, answer.transaction, answer.meta),
        owners=owners_of(meta.get("preTokenBalances"), meta.get("postTokenBalances")),
    )


def _of_parsed(answer: RecordedTransaction, transaction: Json, meta: Json) -> LandedTransaction:
    message, signatures = transaction["message"], tuple(transaction["signatures"])
    instructions = message["instructions"]
    return LandedTransaction(
        signatures=signatures,
        version=_version(answer.version, message),
        keys=tuple(key["pubkey"] for key in message["accountKeys"]),
        err=meta.get("err"),
        logs=meta.get("logMessages"),
        memo=_parsed_memo(instructions),
        is_vote=len(instructions) == 1 and instructions[0]["programId"] == VOTE_PROGRAM,
        body=ParsedBody(signatures, message["accountKeys"], answer.transaction, answer.meta),
        owners=owners_of(meta.get("preTokenBalances"), meta.get("postTokenBalances")),
    )


def _parsed_memo(instructions: list[Json]) -> str | None:
    texts = [one["parsed"] for one in instructions if one.get("program") == "spl-memo"]
    return "; ".join(f"[{len(str(text).encode())}] {text}" for text in texts) or None


def _version(version: int | str | None, message: Json) -> Version:
    if version is not None and version != "legacy":
        return int(version)
    return 0 if message.get("addressTableLookups") else "legacy"


def _message(found: Json, version: int | str | None) -> Message:
    header = found["header"]
    lookups = found.get("addressTableLookups")
    return Message(
        version=_version(version, found),
        header=(
            header["numRequiredSignatures"],
            header["numReadonlySignedAccounts"],
            header["numReadonlyUnsignedAccounts"],
        ),
        keys=tuple(found["accountKeys"]),
        blockhash=found["recentBlockhash"],
        instructions=tuple(_instruction(one) for one in found["instructions"]),
        lookups=None if lookups is None else tuple(_lookup(one) for one in lookups),
        config=found.get("transactionConfig"),
    )


def _instruction(found: Json) -> Instruction:
    data = base58.b58decode(found["data"])
    return Instruction(found["programIdIndex"], tuple(found["accounts"]), data, found.get("stackHeight"))


def _lookup(found: Json) -> Lookup:
    readonly = found["readonlyIndexes"] if "readonlyIndexes" in found else found["readableIndexes"]
    return Lookup(found["accountKey"], tuple(found["writableIndexes"]), tuple(readonly))


def _outcome(meta: Json) -> Outcome:
    inner = meta.get("innerInstructions")
    loaded: dict[str, Any] = meta.get("loadedAddresses") or {}
    return Outcome(
        err=meta.get("err"),
        fee=meta.get("fee", 0),
        pre_balances=meta.get("preBalances", []),
        post_balances=meta.get("postBalances", []),
        inner=None if inner is None else tuple(_group(one) for one in inner),
        logs=meta.get("logMessages"),
        writable=tuple(loaded.get("writable", ())),
        readonly=tuple(loaded.get("readonly", ())),
    )


def _group(found: Json) -> tuple[int, tuple[Instruction, ...]]:
    return found["index"], tuple(_instruction(one) for one in found["instructions"])


def signed_wire(signatures: tuple[str, ...], message: Message) -> bytes | None:
    """The signed bytes, rebuilt from JSON; None: the recording lacks a part of them.

    Some recordings lack the lookup tables, or call version 0 legacy; whether the signatures fit shows which.
    """
    kept = [Signature.from_string(one) for one in signatures]
    for rebuilt in (_legacy(message), _version_0(message)):
        tx = VersionedTransaction.populate(rebuilt, kept)
        if all(tx.verify_with_results()):
            return bytes(tx)
    return None


def _legacy(message: Message) -> LegacyMessage:
    keys = [Pubkey.from_string(key) for key in message.keys]
    blockhash = Hash.from_string(message.blockhash)
    return LegacyMessage.new_with_compiled_instructions(*message.header, keys, blockhash, _compiled(message))


def _version_0(message: Message) -> MessageV0:
    keys = [Pubkey.from_string(key) for key in message.keys]
    blockhash = Hash.from_string(message.blockhash)
    lookups = [_table(one) for one in message.lookups or ()]
    return MessageV0(MessageHeader(*message.header), keys, blockhash, _compiled(message), lookups)


def _compiled(message: Message) -> list[CompiledInstruction]:
    return [CompiledInstruction(one.program, one.data, bytes(one.accounts)) for one in message.instructions]


def _table(one: Lookup) -> MessageAddressTableLookup:
    return MessageAddressTableLookup(Pubkey.from_string(one.table), bytes(one.writable), bytes(one.readonly))
