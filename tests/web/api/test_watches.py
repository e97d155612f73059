"""Watches and rules over the API."""

import pytest

from tests.storage.sample_data import MINT, WHALE
from tests.web.conftest import Web

pytestmark = pytest.mark.services


async def test_a_wallet_is_followed_changed_and_left(web: Web) -> None:
    key = await web.key()
    made = await web.ask("POST", "/api/v1/watches", key=key, body={"wallet": WHALE, "label": "Moby"})
    assert (made.status, made.body["label"], made.body["wallet"]) == (201, "Moby", WHALE)
    path = f"/api/v1/watches/{made.body['watch_id']}"
    changed = await web.ask(
        "PATCH", path, key=key, body={"label": "Dick", "muted_seconds": 60, "rules": {"min_usd": "1000"}}
    )
    assert changed.body["label"] == "Dick"
    assert changed.body["rules"] == {"min_usd": "1000"}
    assert changed.body["muted_until"] is not None
    assert (await web.ask("DELETE", path, key=key)).status == 204
    assert (await web.ask("GET", path, key=key)).status == 404
    assert (await web.get("/watches", key))["data"] == []


async def test_a_list_comes_in_pages(web: Web) -> None:
    key = await web.key()
    for wallet in (WHALE, MINT, "So11111111111111111111111111111111111111112"):
        assert (await web.ask("POST", "/api/v1/watches", key=key, body={"wallet": wallet})).status == 201
    first = await web.get("/watches?limit=2", key)
    second = await web.get(f"/watches?limit=2&cursor={first['next_cursor']}", key)
    assert (len(first["data"]), len(second["data"]), second["next_cursor"]) == (2, 1, None)


async def test_a_watch_of_another_chat_is_not_there(web: Web) -> None:
    made = await web.ask("POST", "/api/v1/watches", key=await web.key(), body={"wallet": WHALE})
    path = f"/api/v1/watches/{made.body['watch_id']}"
    stranger = await web.key(2_002)
    assert (await web.ask("GET", path, key=stranger)).status == 404
    assert (await web.ask("DELETE", path, key=stranger)).status == 404


async def test_rules_of_all_wallets_are_set_as_a_whole(web: Web) -> None:
    key = await web.key()
    rules = {"min_usd": "2500", "never_tokens": [MINT]}
    assert (await web.ask("PUT", "/api/v1/rules", key=key, body=rules)).body == rules
    assert await web.get("/rules", key) == rules
    await web.ask("PUT", "/api/v1/rules", key=key, body={})
    assert await web.get("/rules", key) == {}
