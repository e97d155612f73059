"""Pools of mainnet whose accounts were recorded, as far as there are any: a whirlpool, and two of Meteora.

Of venues whose accounts nobody recorded, recorded swaps show the vaults (test_trade_price.py).
"""

import base64
import json
import math

import base58

from chain.market.pool_accounts import PoolState, read_pool
from chain.market.pools import METEORA_DLMM, WHIRLPOOL
from domain.activity.activity import SOL
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
