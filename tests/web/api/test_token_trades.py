"""A token's entries and exits, as the chat's wallets made them."""

import pytest

from tests.storage.sample_data import ALICE, BOB, MINT, WHALE, follow, happened, purchase
from tests.web.conftest import Web

pytestmark = pytest.mark.services


async def test_entries_of_followed_wallets_stand_with_their_worth_the_latest_first(web: Web) -> None:
    await follow(web.connections.database, ALICE, label="Moby")
    await happened(web.connections.database, *(purchase(number) for number in (1, 2, 3)))
    key = await web.key(ALICE)
    first = await web.get(f"/tokens/{MINT}/trades?limit=2", key)
    second = await web.get(f"/tokens/{MINT}/trades?limit=2&cursor={first['next_cursor']}", key)
    trades = [*first["data"], *second["data"]]
    assert len({one["signature"] for one in trades}) == 3
    assert {(one["wallet"], one["label"], one["side"]) for one in trades} == {(WHALE, "Moby", "buy")}
    assert all(one["quantity"].isdigit() for one in trades)
    assert second["next_cursor"] is None


async def test_others_trades_are_not_shown(web: Web) -> None:
    await follow(web.connections.database, ALICE, label="Moby")
    await happened(web.connections.database, purchase(1))
    assert (await web.get(f"/tokens/{MINT}/trades", await web.key(BOB)))["data"] == []
