"""Liquidity put into a pool or taken out of it."""

from typing import Any

from domain.activity.activity import Kind
from tests.chain import recorded
from tests.chain.samples import RAYDIUM_CPMM, RENT, TOKEN, USDC, address, call, token_balance, transaction
from tests.chain.wallets import (
    ALICE,
    FEE,
    HER_OTHER,
    HERS,
    MINT,
    POOL,
    SOL,
    VAULT,
    activity_of,
    anchor_data,
    kind_and_amounts,
    recorded_activity,
)

ADDED = "63PQNtzDQdBDnf7FMC4jafDPhDVZHHhZwhJAbCT25efDgXt4H3fxPSQCAacV5Psaz5aKrRk35ubc97oQuozg9rwV"
ADDED_TO_POSITION = "2LZBWdD5N9xbbqEMz6USpySo1zF697hnqEww2c9Q1snzAsJSY1eJcsAK7fYt547jmSfNgJhQGsmdiw1cCy4rsS6e"
REMOVED = "5HzJs4E3KobYW4dfDAvxzuUPriKdK71iPG7g7w3VQBC1bgpQmHjeevkBBmp8WFf3FeosqMkcgSHV5LPqwDfmvr2X"


def _pool(shares: tuple[int, int], name: str) -> dict[str, Any]:
    """Alice puts SOL and 100 tokens into a pool for shares, or the reverse."""
    sign = 1 if shares[1] > shares[0] else -1
    lp = address("shares")
    return transaction(
        {
            ALICE: (9 * SOL, 9 * SOL - sign * SOL - FEE),
            POOL: (SOL, SOL + sign * SOL),
            HERS: (RENT, RENT),
            VAULT: (RENT, RENT),
            HER_OTHER: (RENT, RENT),
        },
        tokens=(
            (
                token_balance(HERS, ALICE, MINT, 500),
                token_balance(VAULT, POOL, MINT, 500),
                token_balance(HER_OTHER, ALICE, lp, shares[0]),
            ),
            (
                token_balance(HERS, ALICE, MINT, 500 - sign * 100),
                token_balance(VAULT, POOL, MINT, 500 + sign * 100),
                token_balance(HER_OTHER, ALICE, lp, shares[1]),
            ),
        ),
        calls=((call(RAYDIUM_CPMM, anchor_data(name)), (call(TOKEN, depth=2),)),),
    )


def test_liquidity_differs_from_trades_by_its_share_token() -> None:
    lp = address("shares")
    added, removed = (
        activity_of(_pool((0, 40), "deposit"), ALICE),
        activity_of(_pool((40, 0), "withdraw"), ALICE),
    )
    assert kind_and_amounts(added) == (Kind.LIQUIDITY_ADD, {"SOL": SOL, MINT: 100}, {lp: 40})
    assert kind_and_amounts(removed) == (Kind.LIQUIDITY_REMOVE, {lp: 40}, {"SOL": SOL, MINT: 100})


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_liquidity_that_is_added_for_a_share_token(self) -> None:
        added = recorded_activity(ADDED, "xQnMtxxFqh1WDcaYmi9vLqdWUoJpUni2xGFsa5Gqbtz")
        token = "cbbtcf3aa214zXHbiAZQwf4122FBYbraNdFqgw4iMij"
        share = "BjSGDi4LrMUHkFeGPJdW5vJRtvL6oXbpiFdAaj5qMVjJ"
        assert kind_and_amounts(added) == (Kind.LIQUIDITY_ADD, {token: 882}, {share: 69_508})

    def test_liquidity_that_is_added_without_a_share_token(self) -> None:
        added = recorded_activity(ADDED_TO_POSITION, "7dQDhdizfNgN2qQzhhCJAvLpfw96v6nyXyfH7MKaT4Jz")
        assert kind_and_amounts(added) == (
            Kind.LIQUIDITY_ADD,
            {"SOL": 2_499_999_995, USDC: 344_901_992},
            {},
        )

    def test_a_position_that_is_closed(self) -> None:
        removed = recorded_activity(REMOVED, "7T8ckKtdc5DH7ACS5AnCny7rVXYJPEsaAbdBri1FhPxY")
        position, token = (
            "H1Wsr9tUcmCnuPbCSgz3uLPNuFRzLLJaSB4WLiX8W8qr",
            "6p6xgHyF7AeE6TZkSmFsko444wqoP15icUSqi2jfGiPN",
        )
        assert kind_and_amounts(removed) == (
            Kind.LIQUIDITY_REMOVE,
            {position: 1},
            {"SOL": 14_991_296, token: 1_162_659},
        )
