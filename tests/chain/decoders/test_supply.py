"""Mint and burn, from the supply."""

from typing import Any

from domain.activity.activity import Kind
from tests.chain import recorded
from tests.chain.samples import RENT, TOKEN, call, token_balance, transaction
from tests.chain.wallets import (
    ALICE,
    BOB,
    FEE,
    HERS,
    HIS,
    MINT,
    SOL,
    activity_of,
    kind_and_amounts,
    recorded_activity,
)

MINTED = "5JNK7nUfSbpdAKB5wojvcsME3xLaZMyLCQYNFHc1ASPWgSxHnj2kXuDsgxuYKhNhtjsdpzBdxqnKhrtBZVB6wWXk"


def test_minting_and_burning_follow_from_the_supply() -> None:
    minted = transaction(
        {ALICE: (SOL, SOL - FEE), HERS: (RENT, RENT)},
        tokens=((token_balance(HERS, ALICE, MINT, 5),), (token_balance(HERS, ALICE, MINT, 25),)),
    )
    burned = transaction(
        {ALICE: (SOL, SOL - FEE), HERS: (RENT, RENT)},
        tokens=((token_balance(HERS, ALICE, MINT, 25),), (token_balance(HERS, ALICE, MINT, 5),)),
    )
    assert kind_and_amounts(activity_of(minted, ALICE)) == (Kind.MINT, {}, {MINT: 20})
    assert kind_and_amounts(activity_of(burned, ALICE)) == (Kind.BURN, {MINT: 20}, {})


def _two_minted(*, transferred: bool) -> dict[str, Any]:
    """20 more for Alice and 20 more for Bob; hers came by a transfer, or were made for her."""
    moved = {**call(TOKEN, b"\x03" + (20).to_bytes(8, "little")), "accounts": [3, 1, 0]}
    made = {**call(TOKEN, b"\x07" + (20).to_bytes(8, "little")), "accounts": [3, 1, 0]}
    return transaction(
        {ALICE: (SOL, SOL - FEE), HERS: (RENT, RENT), BOB: (SOL, SOL), HIS: (RENT, RENT)},
        tokens=(
            (token_balance(HERS, ALICE, MINT, 0), token_balance(HIS, BOB, MINT, 0)),
            (token_balance(HERS, ALICE, MINT, 20), token_balance(HIS, BOB, MINT, 20)),
        ),
        calls=((moved if transferred else made, ()),),
    )


def test_what_is_minted_for_several_at_once_is_minted_for_each() -> None:
    sample = _two_minted(transferred=False)
    assert activity_of(sample, ALICE).kind is activity_of(sample, BOB).kind is Kind.MINT


def test_what_somebody_passes_on_of_what_was_minted_is_received() -> None:
    assert activity_of(_two_minted(transferred=True), ALICE).kind is Kind.TRANSFER_IN


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_a_reward_that_is_minted_to_the_wallet(self) -> None:
        minted = recorded_activity(MINTED, "42vscAi91dt6RjbMbch17TL1N4UtHZ7gAy5oEyRmDPgQ")
        token = "CmoskgiH3oYSYeEKnc6KjZTzZvZhF8tgzvSt7Ekmi4bd"
        assert kind_and_amounts(minted) == (Kind.MINT, {}, {token: 2_104_227_858_796})
