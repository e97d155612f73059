"""Mint and burn, from the supply."""

from domain.activity.activity import Kind
from tests.chain import recorded
from tests.chain.samples import RENT, token_balance, transaction
from tests.chain.wallets import ALICE, FEE, HERS, MINT, SOL, activity_of, kind_and_amounts, recorded_activity

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


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_a_reward_that_is_minted_to_the_wallet(self) -> None:
        minted = recorded_activity(MINTED, "42vscAi91dt6RjbMbch17TL1N4UtHZ7gAy5oEyRmDPgQ")
        token = "CmoskgiH3oYSYeEKnc6KjZTzZvZhF8tgzvSt7Ekmi4bd"
        assert kind_and_amounts(minted) == (Kind.MINT, {}, {token: 2_104_227_858_796})
