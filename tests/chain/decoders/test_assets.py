"""Assets without token accounts."""

from typing import Any

import base58
import pytest
from solders.pubkey import Pubkey

from chain.decoders.activities import activities
from chain.decoders.assets import BUBBLEGUM, CORE
from chain.parsing.transaction import read_transaction
from domain.activity.activity import Kind
from tests.chain import recorded
from tests.chain.samples import address, call, raw, transaction
from tests.chain.wallets import (
    ALICE,
    BOB,
    FEE,
    SOL,
    activity_of,
    anchor_data,
    fault_activity,
    kind_and_amounts,
    recorded_transaction,
)

ASSET, TREE = address("asset"), address("tree")
NOOP = "noopb9bkMVfRPU8AsbpTUg8AQkHtKwMYZiFUjNRtMmV"


def test_a_core_nft_that_is_given_away_is_sent() -> None:
    sent = fault_activity("b14-core-nft", "8wytzy")
    assert (sent.kind, [(leg.raw, leg.decimals) for leg in sent.paid]) == (Kind.TRANSFER_OUT, [(1, 0)])
    assert sent.paid[0].mint.startswith("JATWmj")
    assert sent.counterparty is not None
    assert sent.counterparty.startswith("G7B17A")


def _called(program: str, data: bytes, accounts: list[int], *logged: bytes) -> dict[str, Any]:
    inner = [call(NOOP, one, depth=2) for one in logged]
    return transaction(
        {ALICE: (SOL, SOL - FEE), BOB: (SOL, SOL), ASSET: (SOL, SOL), TREE: (SOL, SOL), program: (1, 1)},
        calls=(({**call(program, data), "accounts": accounts}, inner),),
    )


def test_who_gets_a_core_nft_received_it_from_who_gave_it() -> None:
    sample = _called(CORE, b"\x0e\0\0", [2, 4, 0, 4, 1, 4, 4])
    assert kind_and_amounts(activity_of(sample, ALICE)) == (Kind.TRANSFER_OUT, {ASSET: 1}, {})
    received = activity_of(sample, BOB)
    assert kind_and_amounts(received) == (Kind.TRANSFER_IN, {}, {ASSET: 1})
    assert received.counterparty == ALICE


def test_a_compressed_nft_is_named_by_its_tree_and_number() -> None:
    number = (7).to_bytes(8, "little") + (7).to_bytes(4, "little")
    data = anchor_data("transfer")[:8] + bytes(96) + number
    sample = _called(BUBBLEGUM, data, [3, 0, 0, 1, 3, 4, 4, 4])
    sent, received = activity_of(sample, ALICE), activity_of(sample, BOB)
    assert (sent.kind, received.kind) == (Kind.TRANSFER_OUT, Kind.TRANSFER_IN)
    assert sent.paid == received.received
    assert sent.counterparty == BOB
    other = _called(BUBBLEGUM, data[:-12] + (8).to_bytes(8, "little") + bytes(4), [3, 0, 0, 1, 3, 4, 4, 4])
    assert activity_of(other, ALICE).paid != sent.paid


def _leaf(number: int, *, owner: str = BOB, asset: str | None = None) -> bytes:
    """Return what Bubblegum logs when it makes the asset of this number."""
    known = _compressed_asset(number) if asset is None else asset
    leaf = b"\x01\x00\x00" + base58.b58decode(known) + base58.b58decode(owner) * 2
    leaf += number.to_bytes(8, "little") + bytes(96)
    return b"\x01\x00" + len(leaf).to_bytes(4, "little") + leaf


def _compressed_asset(number: int) -> str:
    seeds = [b"asset", bytes(Pubkey.from_string(TREE)), number.to_bytes(8, "little")]
    return str(Pubkey.find_program_address(seeds, Pubkey.from_string(BUBBLEGUM))[0])


@pytest.mark.parametrize(
    ("name", "accounts"),
    [
        ("mint_v1", [2, 1, 1, 3, 0, 0]),
        ("mint_to_collection_v1", [2, 1, 1, 3, 0, 0]),
        ("mint_v2", [2, 0, 0, 0, 1, 1, 3]),
    ],
)
def test_who_gets_a_compressed_nft_that_is_made_has_one_minted(name: str, accounts: list[int]) -> None:
    sample = _called(BUBBLEGUM, anchor_data(name), accounts, b"\x00\x00", _leaf(7))
    assert kind_and_amounts(activity_of(sample, BOB)) == (Kind.MINT, {}, {_compressed_asset(7): 1})
    assert kind_and_amounts(activity_of(sample, ALICE)) == (Kind.OTHER, {}, {})


@pytest.mark.parametrize(
    "logged", [b"", b"\x01\x00", _leaf(7)[:60], _leaf(7, owner=ALICE), _leaf(7, asset=ASSET)]
)
def test_a_leaf_that_does_not_fit_its_mint_is_not_believed(logged: bytes) -> None:
    sample = _called(BUBBLEGUM, anchor_data("mint_v1"), [2, 1, 1, 3, 0, 0], logged)
    assert activities(read_transaction(raw(sample)), chain="solana", wallets={ALICE, BOB})[0].received == ()


def test_an_nft_that_is_burned_is_not_sent() -> None:
    number = (7).to_bytes(8, "little") + (7).to_bytes(4, "little")
    burned = _called(BUBBLEGUM, anchor_data("burn")[:8] + bytes(96) + number, [2, 0, 0, 3, 4, 4])
    assert activity_of(burned, ALICE).kind is Kind.BURN
    core = _called(CORE, b"\x0c\0\0", [2, 4, 0, 4, 4, 4])
    assert kind_and_amounts(activity_of(core, ALICE)) == (Kind.BURN, {ASSET: 1}, {})


def test_a_core_nft_that_is_made_for_somebody_is_minted() -> None:
    made = _called(CORE, b"\x00\0\0", [2, 4, 4, 0, 1, 4, 4])
    assert kind_and_amounts(activity_of(made, BOB)) == (Kind.MINT, {}, {ASSET: 1})


def test_calls_with_too_few_accounts_move_nothing() -> None:
    for program, data in (
        (CORE, b"\x0e"),
        (BUBBLEGUM, anchor_data("burn")),
        (BUBBLEGUM, anchor_data("mint_v2")),
    ):
        sample = _called(program, data, [3])
        assert kind_and_amounts(activity_of(sample, ALICE)) == (Kind.OTHER, {}, {})


class TestRecorded:
    pytestmark = recorded.requires_ledger

    @pytest.mark.parametrize(
        "begin", ["39WK1pVG", "4MLAXX57", "LUkncnBU", "PxNWK24Z", "tUgPwRM1", "xcnjxgEc"]
    )
    def test_a_compressed_nft_is_minted_to_a_wallet(self, begin: str) -> None:
        signature = next(one for one in recorded.transactions() if one.startswith(begin))
        sample = recorded_transaction(signature)
        done = activities(sample, chain="solana", wallets=set(sample.keys))
        minted = [one for one in done if one.kind is Kind.MINT]
        assert [[leg.raw for leg in one.received] for one in minted] == [[1]]
