"""What the accounts of pools say."""

import base64
import hashlib
import json
import struct
from fractions import Fraction
from typing import Any

import base58
import pytest

from chain.market import pool_accounts
from chain.market.pool_accounts import (
    config_quote,
    launch_config,
    locked_after_launch,
    read_pool,
    vault_price,
)
from chain.market.pools import (
    METEORA_DAMM_V2,
    METEORA_DBC,
    METEORA_DLMM,
    PUMP_SWAP,
    RAYDIUM_CLMM,
    RAYDIUM_CPMM,
    RAYDIUM_LAUNCHLAB,
    RAYDIUM_V4,
    WHIRLPOOL,
)
from domain.errors import Undecodable
from tests.chain import recorded, samples
from tests.chain.market.position_samples import dbc_bytes

PUMP = "6EF8rrecthR5Dkzon8Nwu78hRvfCKubJ14M5uBEwF6P"
FIRST, SECOND = samples.address("first token"), samples.WSOL
VAULTS = samples.address("first vault"), samples.address("second vault")
BEGINNINGS = {
    PUMP: "17b7f83760d8ac60",
    PUMP_SWAP: "f19a6d0411b16dbc",
    RAYDIUM_V4: "",
    WHIRLPOOL: "3f95d10ce1806309",
    METEORA_DLMM: "210b3162b565b10d",
    METEORA_DAMM_V2: "f19a6d0411b16dbc",
}


def account(owner: str, size: int, **fields: tuple[int, bytes]) -> bytes:
    """An account of `size` bytes: zeros, but for the beginning and the fields at their places."""
    data = bytearray(size)
    begin = bytes.fromhex(BEGINNINGS.get(owner, "f7ede3f5d7c3de46"))
    data[: len(begin)] = begin
    for at, value in fields.values():
        data[at : at + len(value)] = value
    return bytes(data)


def _keys(*places: int) -> dict[str, tuple[int, bytes]]:
    keys = (FIRST, SECOND, *VAULTS)
    return {f"key{at}": (at, base58.b58decode(key)) for at, key in zip(places, keys, strict=True)}


def _u64(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}Q", *values)


def test_a_curve_of_pump_says_its_price_and_what_it_is_paid_in() -> None:
    data = account(PUMP, 81, reserves=(8, _u64(1_000, 30, 700, 5)))
    state = read_pool(data, owner=PUMP)
    assert (state.mints, state.price, state.quote_reserve) == (("", "SOL"), Fraction(3, 100), 5)
    paid_in_another = account(PUMP, 151, quote=(83, base58.b58decode(FIRST)), reserves=(8, _u64(1_000, 30)))
    assert read_pool(paid_in_another, owner=PUMP).mints == ("", FIRST)


def test_a_curve_that_is_complete_has_no_price_any_more() -> None:
    data = account(PUMP, 49, reserves=(8, _u64(1_000, 30, 0, 5)), complete=(48, b"\x01"))
    assert read_pool(data, owner=PUMP).price is None


def test_pump_swap_adds_a_signed_amount_to_its_quote_and_leaves_out_fees() -> None:
    virtual = (245, (-40).to_bytes(16, "little", signed=True))
    data = account(PUMP_SWAP, 300, **_keys(43, 75, 139, 171), virtual=virtual, fees=(271, _u64(3, 7)))
    state = read_pool(data, owner=PUMP_SWAP)
    assert (state.mints, state.vaults, state.corrections) == ((FIRST, "SOL"), VAULTS, (0, -50))
    assert vault_price(state, (100, 250)) == Fraction(2)
    assert vault_price(state, (100, 50)) is None


def test_an_old_account_of_pump_swap_adds_nothing() -> None:
    state = read_pool(account(PUMP_SWAP, 211, **_keys(43, 75, 139, 171)), owner=PUMP_SWAP)
    assert state.corrections == (0, 0)


def test_what_waits_to_be_collected_lies_in_the_vaults_and_does_not_count() -> None:
    old = account(RAYDIUM_V4, 752, **_keys(400, 432, 336, 368), pnl=(192, _u64(4, 6)))
    assert read_pool(old, owner=RAYDIUM_V4).corrections == (-4, -6)
    fees = {"protocol": (341, _u64(1, 10)), "fund": (357, _u64(2, 20)), "creator": (397, _u64(3, 30))}
    new = account(RAYDIUM_CPMM, 637, **_keys(168, 200, 72, 104), **fees)
    state = read_pool(new, owner=RAYDIUM_CPMM)
    assert (state.corrections, state.vaults) == ((-6, -60), VAULTS)


@pytest.mark.parametrize(
    ("owner", "places", "root_at"),
    [
        (RAYDIUM_CLMM, (73, 105, 137, 169), 253),
        (WHIRLPOOL, (101, 181, 133, 213), 65),
        (METEORA_DAMM_V2, (168, 200, 232, 264), 456),
    ],
)
def test_a_pool_that_concentrates_liquidity_says_the_root_of_its_price(
    owner: str, places: tuple[int, int, int, int], root_at: int
) -> None:
    data = account(owner, 1544, **_keys(*places), root=(root_at, (3 << 63).to_bytes(16, "little")))
    state = read_pool(data, owner=owner)
    assert (state.mints, state.vaults, state.price) == ((FIRST, "SOL"), VAULTS, Fraction(9, 4))
    assert read_pool(account(owner, 1544, **_keys(*places)), owner=owner).price is None


def test_a_curve_of_launchlab_whose_money_was_moved_to_a_pool_has_no_price_any_more() -> None:
    """What it took in stays written there."""
    reserves = (37, _u64(1_000, 30, 200, 10))
    for status in (1, 2):
        data = account(
            RAYDIUM_LAUNCHLAB, 429, status=(17, bytes([status])), **_keys(205, 237, 269, 301), curve=reserves
        )
        state = read_pool(data, owner=RAYDIUM_LAUNCHLAB)
        assert (state.price, state.quote_reserve) == (None, 0)


def test_a_curve_of_meteoras_says_its_price_while_people_trade_there_and_its_configuration_the_quote() -> (
    None
):
    for is_migrated, price, paid in ((False, 1, 7), (True, None, 0)):
        data = dbc_bytes(FIRST, VAULTS, config=VAULTS[0], quote=7, is_migrated=is_migrated)
        state = read_pool(data, owner=METEORA_DBC)
        assert (state.mints, state.vaults) == ((FIRST, ""), VAULTS)
        assert (state.price, state.quote_reserve, launch_config(data)) == (price, paid, VAULTS[0])
    config = hashlib.sha256(b"account:PoolConfig").digest()[:8] + base58.b58decode(FIRST)
    assert config_quote(config) == FIRST
    assert config_quote(config[:39]) == config_quote(bytes(8) + config[8:]) == ""


def test_a_configuration_says_what_is_locked_of_the_pool_that_follows_its_curve() -> None:
    config = bytearray(hashlib.sha256(b"account:PoolConfig").digest()[:8].ljust(1_048, b"\0"))
    config[8:40] = base58.b58decode(FIRST)
    assert locked_after_launch(bytes(config)) is None
    config[239], config[241] = 30, 20
    assert locked_after_launch(bytes(config)) == 1
    config[240], config[242], config[201] = 10, 20, 20
    assert locked_after_launch(bytes(config)) == Fraction(1, 2)
    assert locked_after_launch(bytes(config[:240])) is None
    assert locked_after_launch(bytes(8) + bytes(config[8:])) is None


def test_launchlabs_curve_counts_what_is_virtual_and_what_is_real() -> None:
    data = account(RAYDIUM_LAUNCHLAB, 429, **_keys(205, 237, 269, 301), curve=(37, _u64(1_000, 30, 200, 10)))
    state = read_pool(data, owner=RAYDIUM_LAUNCHLAB)
    assert (state.price, state.quote_reserve) == (Fraction(40, 800), 10)


@pytest.mark.parametrize(
    ("bin_id", "price"), [(0, 1.0), (1, 1.0004), (-2, 1.0004**-2), (16923, 1.0004**16923)]
)
def test_a_pool_of_bins_has_the_price_of_its_active_bin(bin_id: int, price: float) -> None:
    bins = {"bin": (76, struct.pack("<i", bin_id)), "step": (80, struct.pack("<H", 4))}
    state = read_pool(account(METEORA_DLMM, 904, **_keys(88, 120, 152, 184), **bins), owner=METEORA_DLMM)
    assert state.price is not None
    assert float(state.price) == pytest.approx(price, rel=1e-12)


@pytest.mark.parametrize("bin_id", [2**31 - 1, -(2**31), 443_637])
def test_a_bin_beyond_the_programs_limit_is_refused(bin_id: int) -> None:
    data = account(METEORA_DLMM, 904, bin=(76, struct.pack("<i", bin_id)), step=(80, b"\x04\x00"))
    with pytest.raises(Undecodable, match="cannot be"):
        read_pool(data, owner=METEORA_DLMM)


@pytest.mark.parametrize("owner", [*pool_accounts._READERS, "11111111111111111111111111111111"])
@pytest.mark.parametrize("data", [b"", b"\xff" * 1000, bytes(40)])
def test_what_is_no_pool_is_refused(owner: str, data: bytes) -> None:
    if owner == RAYDIUM_V4 and len(data) >= 752:
        data = data[:751]
    with pytest.raises(Undecodable):
        read_pool(data, owner=owner)


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_recorded_pools_of_bins_say_what_bitcoin_and_sol_cost_then(self) -> None:
        found: dict[str, float] = {}
        for path in sorted((recorded.LEDGER / "accounts").glob("*.json")):
            for one in _accounts(json.loads(path.read_bytes())):
                if one["owner"] == METEORA_DLMM:
                    state = read_pool(base64.b64decode(one["data"][0]), owner=METEORA_DLMM)
                    assert state.price is not None
                    found[state.mints[0]] = float(state.price)
        assert found == {
            "cbbtcf3aa214zXHbiAZQwf4122FBYbraNdFqgw4iMij": pytest.approx(869.4376, rel=1e-6),
            "SOL": pytest.approx(0.140014, rel=1e-4),
        }


def _accounts(tree: object) -> list[dict[str, Any]]:
    if isinstance(tree, list):
        return [found for one in tree for found in _accounts(one)]
    if not isinstance(tree, dict):
        return []
    here = [tree] if "owner" in tree and isinstance(tree.get("data"), list) and tree["data"] else []
    return here + [found for one in tree.values() for found in _accounts(one)]
