"""What a hostile node may send: blocks, answers and frames with anything in some of their places."""

import base64
import json
import random
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from domain.activity.activity import SOL

TRADER = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"
OTHER = "EuFtw4XMuz1mHrPBi6wDDjsTE8Qhqj6w4sQe83BXn8M5"
HOLDING = "A6bewof2qJfq6W2x7ZRPrKQrXcXic2HQPX6JPAnffAPJ"
MINT = "9Jt3ZxeoLnDEYmFgad9J5vFcPzyHwfMsNDXmKL2GKy6D"
USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
SYSTEM = "1" * 32
TOKEN = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"
TOKEN_2022 = "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb"
JUPITER = "JUP6LkbZbjS1jKKwapdHNy74zcZ3tLUZoi5QNyVTaV4"
SIGNATURE = "5" * 88
SLOT = 465_000_000
_NEST = "nested lists: "
_NESTED = re.compile(f'"{_NEST}(\\d+)"')
"""Deeper than a tree of Python can be written."""


def hostile_value(chance: random.Random) -> Any:
    """Return what a node may put in place of anything."""
    kinds: tuple[Callable[[], Any], ...] = (
        lambda: chance.choice((None, True, False, [], {}, "", "\0", SOL, "NaN", "1e999999", [None], [[]])),
        lambda: chance.choice((0, -1, 1, 2**31, 2**53, 2**62, 2**63 - 1, 2**63, 2**64 - 1, -(2**63))),
        lambda: chance.choice((2**64, 2**80)),
        lambda: chance.choice(
            (1_795_000_000_000, 253_402_300_800, -62_135_596_801, 10**200, 0.5, 1e308, -0.0)
        ),
        lambda: str(chance.choice((2**64 - 1, 2**64, 2**80, 10**200, -5, "0x10", "1_000", " 5", "٤"))),
        lambda: "9" * 5_000,
        lambda: chance.choice((MINT, TRADER, OTHER, USDC, JUPITER, SYSTEM, SIGNATURE, TOKEN_2022)),
        lambda: "x" * chance.choice((31, 44, 88, 89, 10_000)),
        lambda: (
            MINT[:30] + chance.choice(("\n🟢 Toly bought 5 SOL", "\0", "\u202e", "<b>", "\ud800", "l0OI"))
        ),
        lambda: [hostile_value(chance) for _ in range(chance.randint(0, 4))],
        lambda: {chance.choice(_NAMES): hostile_value(chance) for _ in range(chance.randint(0, 3))},
        lambda: _nested(chance.choice((3, 200, 3_000))),
    )
    return chance.choice(kinds)()


def _nested(depth: int) -> Any:
    return f"{_NEST}{depth}"


def hostile_block(chance: random.Random) -> str:
    """A block with anything in some of its places."""
    return _written(_spoiled(_block(chance), chance), chance)


def hostile_frame(chance: random.Random) -> str:
    """A frame of a stream."""
    return _written(_spoiled(chance.choice(_frames()), chance), chance)


def hostile_answer(chance: random.Random) -> str:
    """An answer over HTTP; which question it answers is the reader's choice."""
    return _written(_spoiled({"jsonrpc": "2.0", "id": 1, **chance.choice(_answers())}, chance), chance)


def _spoiled(tree: Any, chance: random.Random) -> Any:
    """The tree with one to three of its places spoiled."""
    copy = json.loads(json.dumps(tree))
    for _ in range(chance.randint(1, 3)):
        holder, at = chance.choice(list(_positions(copy)) or [({}, "x")])
        if isinstance(holder, list) and chance.random() < 0.2:
            holder.append(hostile_value(chance))
        elif isinstance(holder, dict) and chance.random() < 0.2:
            holder.pop(at, None)
        else:
            holder[at] = hostile_value(chance)
    return copy


def _positions(tree: Any) -> Iterator[tuple[Any, Any]]:
    keys: Collection[Any] = ()
    if isinstance(tree, dict):
        keys = list(tree)
    elif isinstance(tree, list):
        keys = range(len(tree))
    for key in keys:
        yield tree, key
        yield from _positions(tree[key])


def _written(tree: Any, chance: random.Random) -> str:
    text = json.dumps(tree, ensure_ascii=chance.random() < 0.5)
    text = _NESTED.sub(lambda found: "[" * int(found[1]) + "]" * int(found[1]), text)
    if chance.random() < 0.15:  # cut, doubled, or with noise in it
        at = chance.randrange(len(text) + 1)
        text = chance.choice(
            (text[:at], text[:at] + text, text[:at] + chance.choice('\0\x1b"\\{[') + text[at:])
        )
    return text


def _balance(account: int, owner: str, mint: str, raw: int, program: str = TOKEN) -> dict[str, Any]:
    amount = {"amount": str(raw), "decimals": 6, "uiAmount": raw / 1e6, "uiAmountString": f"{raw / 1e6:.6f}"}
    return {
        "accountIndex": account,
        "mint": mint,
        "owner": owner,
        "programId": program,
        "uiTokenAmount": amount,
    }


def honest_transaction(program: str = TOKEN) -> dict[str, Any]:
    """A purchase of the trader, as an honest node gives it in a block."""
    calls = [{"programIdIndex": 5, "accounts": [0, 1, 2], "data": "3Bxs4h24hBtQy9rw", "stackHeight": None}]
    inner = [{"programIdIndex": 4, "accounts": [1, 2], "data": "3Dc8EpW7Kr3R", "stackHeight": 2}]
    return {
        "version": 0,
        "transaction": {
            "signatures": [SIGNATURE],
            "message": {
                "accountKeys": [TRADER, HOLDING, OTHER, MINT, program, JUPITER],
                "header": {"numRequiredSignatures": 1},
                "recentBlockhash": OTHER,
                "instructions": calls,
            },
        },
        "meta": {
            "err": None,
            "status": {"Ok": None},
            "fee": 5_000,
            "preBalances": [5_000_000_000, 2_039_280, 9_000_000_000, 1, 1, 1],
            "postBalances": [3_999_995_000, 2_039_280, 10_000_000_000, 1, 1, 1],
            "preTokenBalances": [
                _balance(1, TRADER, MINT, 0, program),
                _balance(2, OTHER, MINT, 900, program),
            ],
            "postTokenBalances": [
                _balance(1, TRADER, MINT, 250, program),
                _balance(2, OTHER, MINT, 650, program),
            ],
            "innerInstructions": [{"index": 0, "instructions": inner}],
            "logMessages": ["Program log: x"],
            "loadedAddresses": {"writable": [], "readonly": []},
        },
    }


def block_of(*transactions: Mapping[str, Any]) -> dict[str, Any]:
    """A block of these transactions, as an honest node gives it."""
    return {
        "blockhash": OTHER,
        "previousBlockhash": MINT,
        "parentSlot": SLOT - 1,
        "blockTime": 1_795_000_000,
        "blockHeight": 400_000_000,
        "transactions": [*transactions],
    }


def _block(chance: random.Random) -> dict[str, Any]:
    programs = chance.choice(((TOKEN,), (TOKEN, TOKEN_2022), (TOKEN_2022,)))
    return block_of(*(honest_transaction(program) for program in programs))


def _frames() -> list[dict[str, Any]]:
    transaction_value = {"transaction": honest_transaction(), "signature": SIGNATURE, "slot": SLOT}
    block_value = {"slot": SLOT, "block": _block(random.Random(0)), "err": None}
    logs_value = {"signature": SIGNATURE, "err": None, "logs": ["Program log: x"]}
    context = {"slot": SLOT}
    results: Mapping[str, Any] = {
        "transactionNotification": transaction_value,
        "blockNotification": {"context": context, "value": block_value},
        "logsNotification": {"context": context, "value": logs_value},
        "slotNotification": {"slot": SLOT, "parent": SLOT - 1, "root": SLOT - 32},
    }
    pushed = [
        {"jsonrpc": "2.0", "method": method, "params": {"subscription": 5, "result": result}}
        for method, result in results.items()
    ]
    replies = [
        {"jsonrpc": "2.0", "id": 3, "result": 5},
        {"id": 3, "error": {"code": -32601, "message": "no"}},
    ]
    return [*pushed, *replies]


_MINT_DATA = base64.b64encode(b"\1\0\0\0" + bytes(32) + (10**15).to_bytes(8, "little") + b"\6\1" + bytes(36))
_ACCOUNT = {
    "lamports": 5,
    "owner": TOKEN,
    "executable": False,
    "data": [_MINT_DATA.decode(), "base64"],
    "space": 82,
}
_TOKEN_ACCOUNT = {
    "pubkey": HOLDING,
    "account": {
        "data": {
            "parsed": {
                "info": {"mint": MINT, "state": "initialized", "tokenAmount": {"amount": "5", "decimals": 6}}
            }
        }
    },
}


def _answers() -> list[dict[str, Any]]:
    context = {"slot": SLOT}
    status = {"slot": SLOT, "confirmations": None, "err": None, "confirmationStatus": "finalized"}
    listed = {"signature": SIGNATURE, "slot": SLOT, "err": None, "blockTime": 1_795_000_000}
    results: tuple[Any, ...] = (
        SLOT,
        OTHER,
        [SLOT, SLOT + 1],
        {"context": context, "value": [_ACCOUNT, None]},
        {"context": context, "value": _ACCOUNT},
        {"context": context, "value": [_TOKEN_ACCOUNT]},
        {"context": context, "value": [status]},
        [listed],
        {"slot": SLOT, "blockTime": 1_795_000_000, **honest_transaction()},
        {"blockhash": OTHER, "parentSlot": SLOT - 1, "blockTime": 1_795_000_000},
    )
    errors = [{"error": {"code": code, "message": "no"}} for code in (-32007, -32015, -32004, -32001, 429)]
    return [*({"result": result} for result in results), *errors]


_NAMES = (
    "amount",
    "slot",
    "err",
    "meta",
    "transaction",
    "value",
    "result",
    "params",
    "error",
    "code",
    "owner",
)
