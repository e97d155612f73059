"""Followed wallets: what they have and have made; others are nobody's business."""

import pytest
from msgspec import structs

from domain.activity.activity import Kind
from tests.storage.sample_data import ALICE, MINT, WHALE, fan_out_all, follow, happened, purchase
from tests.web.conftest import Web

pytestmark = pytest.mark.services
MIN_QUANTITY = "1" * 32
"""Of all addresses: whatever comes after it is all there is."""


async def test_a_followed_wallet_shows_its_positions_in_exact_amounts(web: Web) -> None:
    database, key = web.connections.database, await web.key()
    await follow(database, ALICE, label="Moby")
    airdrop = structs.replace(purchase(3), kind=Kind.TRANSFER_IN, paid=(), venue="Jito Claim")
    await happened(database, purchase(1), purchase(2), airdrop)
    await fan_out_all(database)
    (wallet,) = (await web.get("/wallets", key))["data"]
    assert (wallet["wallet"], wallet["label"], wallet["realised_lamports"]) == (WHALE, "Moby", "0")
    assert await web.get(f"/wallets/{WHALE}", key) == wallet
    (position,) = (await web.get(f"/positions?wallet={WHALE}", key))["data"]
    assert (position["mint"], position["quantity"]) == (MINT, str(3 * 3_841_012_345))
    assert position["quantity_unknown"] == position["quantity_claimed"] == str(3_841_012_345)
    assert position["cost_lamports"] == str(2 * 84_200_000_000)
    for cursor, mints in ((MIN_QUANTITY, [MINT]), (MINT, [])):
        page = await web.get(f"/positions?wallet={WHALE}&cursor={cursor}&limit=1", key)
        assert ([one["mint"] for one in page["data"]], page["next_cursor"]) == (mints, None)
    assert (await web.ask("GET", f"/api/v1/positions?wallet={WHALE}&cursor=5", key=key)).status == 422


async def test_a_wallet_that_the_chat_does_not_follow_is_not_there(web: Web) -> None:
    key = await web.key()
    assert (await web.ask("GET", f"/api/v1/wallets/{WHALE}", key=key)).status == 404
    assert (await web.ask("GET", f"/api/v1/positions?wallet={WHALE}", key=key)).status == 404
