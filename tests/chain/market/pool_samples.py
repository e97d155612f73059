"""Made-up swaps of pools, as a node would tell them."""

import struct
from typing import Any

import base58

from chain.parsing.transaction import Transaction, read_transaction
from tests.chain import samples

TRADER, POOL, MINT = samples.address("trader"), samples.address("pool"), samples.address("a token")
BASE_VAULT, QUOTE_VAULT = samples.address("base vault"), samples.address("quote vault")
OTHER = samples.address("another account")
PUMP_SWAP = "pAMMBay6oceH9fJKBRHGP5D4bD4sWpmSwMn52FMfXEA"
PUMP_SWAP_BUY = bytes.fromhex("66063d1201daebea")


def transfer(source: str, target: str, raw: int, depth: int | None = 2) -> dict[str, Any]:
    """A call of the token program that moves `raw`."""
    return call_of(samples.TOKEN, struct.pack("<BQ", 3, raw), (source, target, TRADER), depth)


def call_of(program: str, data: bytes, accounts: tuple[str, ...], depth: int | None = None) -> dict[str, Any]:
    """A call with the accounts by name, as `placed` takes it."""
    return {**samples.call(program, data, depth), "accounts": list(accounts)}


def buy(
    *,
    tokens: tuple[int, int],
    sol: tuple[int, int],
    more: list[dict[str, Any]] | None = None,
    deep: bool = True,
) -> Transaction:
    """Somebody buys at PumpSwap; `tokens` and `sol`: what lies in the vaults before and after.

    Args:
        tokens: of the token, in its smallest unit.
        sol: of wrapped SOL, in lamports.
        more: further calls of the transaction itself.
        deep: whether the node says how deep calls were made.
    """
    accounts = (POOL, TRADER, OTHER, MINT, samples.WSOL, OTHER, OTHER, BASE_VAULT, QUOTE_VAULT)
    depth = 2 if deep else None
    inner = [
        transfer(BASE_VAULT, OTHER, tokens[0] - tokens[1], depth),
        transfer(OTHER, QUOTE_VAULT, sol[1] - sol[0], depth),
    ]
    outer = call_of(PUMP_SWAP, PUMP_SWAP_BUY, accounts)
    return placed([(outer, inner), *[(one, []) for one in more or []]], tokens=tokens, sol=sol)


def placed(
    calls: list[tuple[dict[str, Any], list[dict[str, Any]]]],
    *,
    tokens: tuple[int, int],
    sol: tuple[int, int],
    **more: Any,
) -> Transaction:
    """The transaction of these calls, whose vaults held so much before and after."""
    names = (TRADER, POOL, BASE_VAULT, QUOTE_VAULT, MINT, samples.WSOL, OTHER)
    programs = [one["programIdIndex"] for outer, inner in calls for one in (outer, *inner)]
    keys = list(dict.fromkeys([*names, *programs]))
    for one in [one for outer, inner in calls for one in (outer, *inner)]:
        one["accounts"] = [keys.index(account) for account in one["accounts"]]
    balances = [
        [
            samples.token_balance(BASE_VAULT, POOL, MINT, tokens[at]),
            samples.token_balance(QUOTE_VAULT, POOL, samples.WSOL, sol[at], 9),
        ]
        for at in (0, 1)
    ]
    lamports = dict.fromkeys(names, (10**9, 10**9))
    sample = samples.transaction(lamports, tokens=(balances[0], balances[1]), calls=calls, **more)
    return read_transaction(samples.raw(sample))


def event_call(program: str, fields: bytes, depth: int | None = 2) -> dict[str, Any]:
    """A program's call to itself that tells of a trade."""
    data = bytes.fromhex("e445a52e51cb9a1d") + bytes.fromhex("bddb7fd34ee661ee") + fields
    return call_of(program, data, (OTHER,), depth)


def key_bytes(address: str) -> bytes:
    """The 32 bytes of an address."""
    return base58.b58decode(address)
