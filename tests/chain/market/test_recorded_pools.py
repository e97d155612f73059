"""Pools of mainnet whose accounts were recorded, as far as there are any: a whirlpool, and two of Meteora.

Of venues whose accounts nobody recorded, recorded swaps show the vaults (test_trade_price.py).
"""

import base64
import json
import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

import base58

from chain.market.pool_accounts import PoolState, read_pool
from chain.market.pools import METEORA_DLMM, POOL_PROGRAMS, RAYDIUM_CLMM, WHIRLPOOL
from domain.activity.activity import SOL
from domain.errors import Undecodable
from tests.chain import recorded

pytestmark = recorded.requires_ledger

BONK = "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263"
WIF = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"
USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
CBBTC = "cbbtcf3aa214zXHbiAZQwf4122FBYbraNdFqgw4iMij"
ACCOUNTS = recorded.LEDGER / "accounts"


def _whirlpool() -> tuple[PoolState, bytes]:
    found = json.loads(
        (ACCOUNTS / "fixture_vixen_56Ekyu6uBpTna3LR2qkjHjNbDNkCLWK2Lt3uWh7J2R8Z_account.json").read_bytes()
    )
    data, owner = bytes(found["data"]), base58.b58encode(bytes(found["owner"])).decode()
    assert owner == WHIRLPOOL
    return read_pool(data, owner=owner), data


def _pairs() -> list[PoolState]:
    found = json.loads((ACCOUNTS / "sava_getMultipleAccounts_2.json").read_bytes())["result"]["value"]
    return [
        read_pool(base64.b64decode(one["data"][0]), owner=one["owner"])
        for one in found
        if one and one["owner"] == METEORA_DLMM
    ]


def test_a_recorded_whirlpool_is_priced_by_its_root_as_by_its_tick() -> None:
    state, data = _whirlpool()
    assert state.mints == (BONK, WIF)
    assert state.price is not None
    tick = int.from_bytes(data[81:85], "little", signed=True)
    assert math.isclose(float(state.price), 1.0001**tick, rel_tol=1e-4)
    assert state.active is not None
    assert state.liquidity
    first, second = state.active
    assert math.isclose(second / first, float(state.price), rel_tol=1e-6)
    assert math.isclose(math.sqrt(first * second), state.liquidity, rel_tol=1e-6)


def test_recorded_pairs_of_meteora_say_what_bitcoin_and_sol_cost_in_march_2025() -> None:
    prices = {}
    for state in _pairs():
        assert state.mints[1] == USDC
        assert state.price is not None
        decimals = {SOL: 9, CBBTC: 8}[state.mints[0]]
        prices[state.mints[0]] = round(float(state.price) * 10 ** (decimals - 6), 2)
    assert prices == {CBBTC: 86_943.76, SOL: 140.01}


def _accounts(found: Any) -> Iterator[tuple[str, bytes]]:
    """The owner and the bytes of each account in an answer, however deep it lies, in whichever form."""
    if isinstance(found, dict):
        owner, data = found.get("owner"), found.get("data")
        if "lamports" in found and isinstance(data, list) and data:
            if isinstance(data[0], int):
                yield base58.b58encode(bytes(owner or [])).decode(), bytes(data)
            elif data[1] == "base64":
                yield str(owner), base64.b64decode(data[0])
        for one in found.values():
            yield from _accounts(one)
    elif isinstance(found, list):
        for one in found:
            yield from _accounts(one)


def test_of_all_recorded_accounts_the_pools_are_read_and_nothing_else_is_taken_for_one() -> None:
    read: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for path in sorted(ACCOUNTS.glob("*.json")):
        for owner, data in _accounts(json.loads(path.read_bytes())):
            try:
                state = read_pool(data, owner=owner)
            except Undecodable:
                refused[owner] += 1
                continue
            read[state.program] += 1
            assert state.price
            assert all(len(mint) > 30 or mint == SOL for mint in state.mints)
    assert read == {WHIRLPOOL: 1, METEORA_DLMM: 2}
    assert {owner: count for owner, count in refused.items() if owner in POOL_PROGRAMS} == {RAYDIUM_CLMM: 1}
    assert sum(refused.values()) > 200
