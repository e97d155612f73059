"""Assets without token accounts."""

from typing import Any

from chain.decoders.assets import BUBBLEGUM, CORE
from domain.activity.activity import Kind
from tests.chain.samples import address, call, transaction
from tests.chain.wallets import (
    ALICE,
    BOB,
    FEE,
    SOL,
    activity_of,
    anchor_data,
    fault_activity,
    kind_and_amounts,
)

ASSET, TREE = address("asset"), address("tree")


def test_a_core_nft_that_is_given_away_is_sent() -> None:
    sent = fault_activity("b14-core-nft", "8wytzy")
    assert (sent.kind, [(leg.raw, leg.decimals) for leg in sent.paid]) == (Kind.TRANSFER_OUT, [(1, 0)])
    assert sent.paid[0].mint.startswith("JATWmj")
    assert sent.counterparty is not None
    assert sent.counterparty.startswith("G7B17A")


def _called(program: str, data: bytes, accounts: list[int]) -> dict[str, Any]:
    return transaction(
        {ALICE: (SOL, SOL - FEE), BOB: (SOL, SOL), ASSET: (SOL, SOL), TREE: (SOL, SOL), program: (1, 1)},
        calls=(({**call(program, data), "accounts": accounts}, ()),),
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


def test_calls_with_too_few_accounts_move_nothing() -> None:
    for program, data in ((CORE, b"\x0e"), (BUBBLEGUM, anchor_data("burn"))):
        sample = _called(program, data, [3])
        assert kind_and_amounts(activity_of(sample, ALICE)) == (Kind.OTHER, {}, {})
