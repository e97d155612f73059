"""Made-up transactions as a node would tell them, and the same ones in the other encodings."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import base58
from solders.hash import Hash
from solders.instruction import CompiledInstruction
from solders.message import (
    Message,
    MessageAddressTableLookup,
    MessageHeader,
    MessageV0,
    MessageV1,
    TransactionConfig,
)
from solders.pubkey import Pubkey
from solders.signature import Signature
from solders.transaction import VersionedTransaction

SYSTEM = "11111111111111111111111111111111"
TOKEN = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"
JUPITER = "JUP6LkbZbjS1jKKwapdHNy74zcZ3tLUZoi5QNyVTaV4"
RAYDIUM_CLMM = "CAMMCzo5YL8w4VFF8KVHrK22GGUsp5VTaW7grrKgrWqK"
RAYDIUM_CPMM = "CPMMoo8L3F4NbTegBCKVNunggL7H1ZpdTHKxQB5qKP1C"
WHIRLPOOL = "whirLbMiicVdio4qvUfM5KAg6Ct8VwpYzGff3uctyCc"
WSOL = "So11111111111111111111111111111111111111112"
USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
RENT = 2_039_280


def address(name: str) -> str:
    """An address made from a name, the same each time."""
    return base58.b58encode(hashlib.sha256(name.encode()).digest()).decode()


def token_balance(account: str, owner: str | None, mint: str, raw: int, decimals: int = 6) -> dict[str, Any]:
    """A token balance; `account` is replaced by its place when a transaction is made."""
    sample = {
        "accountIndex": account,
        "mint": mint,
        "uiTokenAmount": {"amount": str(raw), "decimals": decimals, "uiAmount": None},
    }
    return sample if owner is None else {**sample, "owner": owner, "programId": TOKEN}


def call(program: str, data: bytes = b"\x01", depth: int | None = None) -> dict[str, Any]:
    """A call; `program` is replaced by its place when a transaction is made."""
    return {
        "programIdIndex": program,
        "accounts": [0],
        "data": base58.b58encode(data).decode(),
        "stackHeight": depth,
    }


def transaction(
    lamports: Mapping[str, tuple[int, int]],
    *,
    tokens: tuple[Sequence[dict[str, Any]], Sequence[dict[str, Any]]] = ((), ()),
    calls: Sequence[tuple[dict[str, Any], Sequence[dict[str, Any]]]] = (),
    signers: int = 1,
    err: Any = None,
    **more: Any,
) -> dict[str, Any]:
    """A getTransaction result in `json`; accounts in the order of `lamports`, then the programs called."""
    programs = [one["programIdIndex"] for outer, inner in calls for one in (outer, *inner)]
    keys = list(dict.fromkeys([*lamports, *programs]))
    before = [lamports.get(key, (1, 1))[0] for key in keys]
    after = [lamports.get(key, (1, 1))[1] for key in keys]
    return {
        "slot": 5,
        "blockTime": 1_700_000_000,
        "version": "legacy",
        "transaction": {
            "signatures": [base58.b58encode(bytes([7]) * 64).decode()] * signers,
            "message": {
                "accountKeys": keys,
                "header": {
                    "numRequiredSignatures": signers,
                    "numReadonlySignedAccounts": 0,
                    "numReadonlyUnsignedAccounts": 0,
                },
                "recentBlockhash": address("blockhash"),
                "instructions": [_placed(outer, keys) for outer, _ in calls],
            },
        },
        "meta": {
            "err": err,
            "fee": 5000,
            "preBalances": before,
            "postBalances": after,
            "preTokenBalances": [_located(one, keys) for one in tokens[0]],
            "postTokenBalances": [_located(one, keys) for one in tokens[1]],
            "innerInstructions": [
                {"index": at, "instructions": [_placed(one, keys) for one in inner]}
                for at, (_, inner) in enumerate(calls)
                if inner
            ],
            "logMessages": ["Program log: nothing to read here"],
        },
        **more,
    }


def _placed(one: dict[str, Any], keys: list[str]) -> dict[str, Any]:
    return {**one, "programIdIndex": keys.index(one["programIdIndex"])}


def _located(one: dict[str, Any], keys: list[str]) -> dict[str, Any]:
    return {**one, "accountIndex": keys.index(one["accountIndex"])}


def raw(sample: Any) -> bytes:
    """As JSON."""
    return json.dumps(sample).encode()


def as_base64(sample: dict[str, Any], version: str | int | None = None) -> dict[str, Any]:
    """The same transaction as a node gives it in `base64`."""
    version = sample.get("version", "legacy") if version is None else version
    message = sample["transaction"]["message"]
    signed = VersionedTransaction.populate(
        _message(message, version),
        [Signature.from_string(one) for one in sample["transaction"]["signatures"]],
    )
    packed = base64.b64encode(bytes(signed)).decode()
    return {**sample, "version": version, "transaction": [packed, "base64"]}


def _message(message: dict[str, Any], version: str | int | None) -> Message | MessageV0 | MessageV1:
    head = message["header"]
    header = MessageHeader(
        head["numRequiredSignatures"], head["numReadonlySignedAccounts"], head["numReadonlyUnsignedAccounts"]
    )
    keys = [Pubkey.from_string(key) for key in message["accountKeys"]]
    blockhash = Hash.from_string(message["recentBlockhash"])
    calls = [
        CompiledInstruction(one["programIdIndex"], base58.b58decode(one["data"]), bytes(one["accounts"]))
        for one in message["instructions"]
    ]
    if version == 1:
        return MessageV1(header, TransactionConfig(), blockhash, keys, calls)
    if version == 0:
        lookups = [
            MessageAddressTableLookup(
                Pubkey.from_string(one["accountKey"]),
                bytes(one.get("writableIndexes") or ()),
                bytes(one.get("readonlyIndexes") or ()),
            )
            for one in message.get("addressTableLookups") or []
        ]
        return MessageV0(header, keys, blockhash, calls, lookups)
    return Message.new_with_compiled_instructions(
        header.num_required_signatures,
        header.num_readonly_signed_accounts,
        header.num_readonly_unsigned_accounts,
        keys,
        blockhash,
        calls,
    )


def as_parsed(sample: dict[str, Any]) -> dict[str, Any]:
    """The same transaction as a node gives it in `jsonParsed`, with nothing but the memo parsed."""
    message, meta = sample["transaction"]["message"], sample["meta"]
    signers = message["header"]["numRequiredSignatures"]
    loaded = meta.get("loadedAddresses") or {}
    keys = [*message["accountKeys"], *(loaded.get("writable") or []), *(loaded.get("readonly") or [])]
    parsed_keys = [
        {
            "pubkey": key,
            "signer": at < signers,
            "writable": True,
            "source": "transaction" if at < len(message["accountKeys"]) else "lookupTable",
        }
        for at, key in enumerate(keys)
    ]
    inner = [
        {**group, "instructions": [_named(one, keys) for one in group["instructions"]]}
        for group in meta.get("innerInstructions") or []
    ]
    return {
        **sample,
        "transaction": {
            "signatures": sample["transaction"]["signatures"],
            "message": {
                "accountKeys": parsed_keys,
                "recentBlockhash": message["recentBlockhash"],
                "instructions": [_named(one, keys) for one in message["instructions"]],
            },
        },
        "meta": {**meta, "innerInstructions": inner},
    }


def _named(one: dict[str, Any], keys: list[str]) -> dict[str, Any]:
    return {
        "programId": keys[one["programIdIndex"]],
        "accounts": [keys[index] for index in one["accounts"] if index < len(keys)],
        "data": one["data"],
        "stackHeight": one.get("stackHeight"),
    }


def swap(trader: str = address("trader"), pool: str = address("pool")) -> dict[str, Any]:
    """A purchase for 1 SOL through Jupiter, Raydium and Orca, wrapped on the way; a new token account."""
    mint, mine, theirs, vault = address("mint"), address("mine"), address("theirs"), address("vault")
    return transaction(
        {
            trader: (5_000_000_000, 4_000_000_000 - 5000 - RENT),
            mine: (0, RENT),
            theirs: (RENT, RENT),
            vault: (9_000_000_000 + RENT, 10_000_000_000 + RENT),
            pool: (1_000_000, 1_000_000),
        },
        tokens=(
            (token_balance(theirs, pool, mint, 900), token_balance(vault, pool, WSOL, 9_000_000_000, 9)),
            (
                token_balance(mine, trader, mint, 250),
                token_balance(theirs, pool, mint, 650),
                token_balance(vault, pool, WSOL, 10_000_000_000, 9),
            ),
        ),
        calls=(
            (
                call(JUPITER),
                (
                    call(RAYDIUM_CLMM, depth=2),
                    call(TOKEN, depth=3),
                    call(JUPITER, depth=2),
                    call(WHIRLPOOL, depth=2),
                    call(TOKEN, depth=3),
                ),
            ),
        ),
    )
