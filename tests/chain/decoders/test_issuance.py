"""What is made and destroyed of a token is told of who got or gave it, whoever signed."""

from typing import Any

import pytest

from chain.decoders.issuance import issuances
from chain.parsing.transaction import read_transaction
from domain.activity.activity import Activity, Kind
from tests.chain import recorded, samples
from tests.chain.samples import RENT, TOKEN, address, call, raw, token_balance, transaction
from tests.chain.wallets import recorded_transaction

ISSUER, HOLDER, ACCOUNT, MINT = (address(name) for name in ("issuer", "holder", "account", "mint"))
MINTED = "5JNK7nUfSbpdAKB5wojvcsME3xLaZMyLCQYNFHc1ASPWgSxHnj2kXuDsgxuYKhNhtjsdpzBdxqnKhrtBZVB6wWXk"
REWARD = "CmoskgiH3oYSYeEKnc6KjZTzZvZhF8tgzvSt7Ekmi4bd"
MINT_TO, BURN, TRANSFER = b"\x07", b"\x0f", b"\x03"


def issue(tag: bytes, number: int, account: int) -> dict[str, Any]:
    """Of the mint, which is key 1; the account is key `account`."""
    accounts = [account, 1, 0] if tag[0] in {8, 15} else [1, account, 0]
    return {**call(TOKEN, tag + number.to_bytes(8, "little")), "accounts": accounts}


def changed(before: int, after: int, tag: bytes, *, signer: str = ISSUER) -> dict[str, Any]:
    return transaction(
        {signer: (10**9, 10**9 - 5_000), MINT: (RENT, RENT), ACCOUNT: (RENT, RENT)},
        tokens=(
            (token_balance(ACCOUNT, HOLDER, MINT, before),),
            (token_balance(ACCOUNT, HOLDER, MINT, after),),
        ),
        calls=((issue(tag, abs(after - before), 2), ()),),
    )


def found(sample: dict[str, Any], *mints: str) -> list[Activity]:
    return issuances(read_transaction(raw(sample)), mints or (MINT,), chain="solana")


def test_who_gets_what_is_made_has_signed_nothing() -> None:
    (made,) = found(changed(0, 5_000_000, MINT_TO))
    assert (made.kind, made.wallet, made.is_signer) == (Kind.MINT, HOLDER, False)
    assert [(leg.mint, leg.raw, leg.decimals) for leg in made.received] == [(MINT, 5_000_000, 6)]


def test_a_burn_is_the_act_of_who_gave_it() -> None:
    (burned,) = found(changed(7, 2, BURN))
    assert (burned.kind, burned.wallet, [leg.raw for leg in burned.paid]) == (Kind.BURN, HOLDER, [5])


@pytest.mark.parametrize(
    ("before", "after", "tag"), [(0, 5, TRANSFER), (5, 0, TRANSFER), (5, 5, MINT_TO), (5, 0, MINT_TO)]
)
def test_a_change_without_such_an_instruction_is_none(before: int, after: int, tag: bytes) -> None:
    assert found(changed(before, after, tag)) == []


def test_other_tokens_and_plain_trades_are_left_out() -> None:
    assert found(changed(0, 5, MINT_TO), address("another")) == []
    assert found(samples.swap()) == []


@pytest.mark.parametrize(("tag", "kind", "change"), [(MINT_TO, Kind.MINT, 1), (BURN, Kind.BURN, -1)])
@pytest.mark.parametrize("is_parsed", [True, False])
def test_the_wallet_that_the_instruction_names_counts_and_not_whose_balance_moved_most(
    tag: bytes, kind: Kind, change: int, *, is_parsed: bool
) -> None:
    other, owner = address("other account"), address("another holder")
    did = issue(tag, 5, 2)
    if is_parsed:
        info = {"mint": MINT, "account": ACCOUNT, "amount": "5"}
        parsed = {"type": "mintTo" if kind is Kind.MINT else "burn", "info": info}
        did = {"programIdIndex": TOKEN, "programId": TOKEN, "parsed": parsed, "accounts": []}
    sample = transaction(
        {ISSUER: (10**9, 10**9 - 5_000), MINT: (RENT, RENT), ACCOUNT: (RENT, RENT), other: (RENT, RENT)},
        tokens=(
            (token_balance(ACCOUNT, HOLDER, MINT, 900), token_balance(other, owner, MINT, 900)),
            (token_balance(ACCOUNT, HOLDER, MINT, 900), token_balance(other, owner, MINT, 900 + 5 * change)),
        ),
        calls=((did, ()), (call(TOKEN, TRANSFER + (5).to_bytes(8, "little")), ())),
    )
    (activity,) = found(sample)
    assert (activity.kind, activity.wallet) == (kind, HOLDER)
    assert [leg.raw for leg in (*activity.paid, *activity.received)] == [5]


def test_an_instruction_about_another_token_says_nothing_of_this_one() -> None:
    sample = changed(0, 5, MINT_TO)
    sample["transaction"]["message"]["instructions"][0]["accounts"] = [0, 2, 0]
    assert found(sample) == []


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_a_reward_is_made_for_who_claims_it(self) -> None:
        (made,) = issuances(recorded_transaction(MINTED), [REWARD], chain="solana")
        assert (made.kind, made.wallet, [leg.raw for leg in made.received]) == (
            Kind.MINT,
            "42vscAi91dt6RjbMbch17TL1N4UtHZ7gAy5oEyRmDPgQ",
            [2_104_227_858_796],
        )
