"""Paper campaigns over HTTP: started, read, paused and stopped, each only by its own chat."""

import pytest

from domain.access import Scope
from tests.storage.sample_data import ALICE, BOB, WHALE, follow
from tests.web.conftest import Web

pytestmark = pytest.mark.services

PLAN = {"wallet": WHALE, "size_sol": "0.5", "stop_pct": "20"}
PATH = "/api/v1/campaigns"


async def test_a_campaign_is_started_read_paused_and_stopped(web: Web) -> None:
    key = await web.key()
    await follow(web.connections.database, ALICE)
    started = await web.ask("POST", PATH, key=key, body=PLAN)
    assert started.status == 201, started
    campaign = started.body
    assert (campaign["status"], campaign["holding_lamports"]) == ("running", str(5 * 10**9))
    assert (await web.get("/campaigns", key))["data"] == [campaign]
    one = f"{PATH}/{campaign['campaign_id']}"
    assert (await web.get(f"/campaigns/{campaign['campaign_id']}/fills", key))["data"] == []
    for status in ("paused", "running", "stopped"):
        changed = await web.ask("PATCH", one, key=key, body={"status": status})
        assert changed.body["status"] == status
    assert (await web.ask("PATCH", one, key=key, body={"status": "running"})).status == 422
    acts = await web.connections.database.fetch("SELECT act FROM audit_log ORDER BY audit_id")
    assert len(acts) >= 4


async def test_nobody_sees_or_changes_the_campaigns_of_another_chat(web: Web) -> None:
    await follow(web.connections.database, ALICE)
    started = await web.ask("POST", PATH, key=await web.key(), body=PLAN)
    one, others = f"{PATH}/{started.body['campaign_id']}", await web.key(BOB)
    assert (await web.get("/campaigns", others))["data"] == []
    assert (await web.ask("GET", f"{one}/fills", key=others)).status == 404
    assert (await web.ask("PATCH", one, key=others, body={"status": "stopped"})).status == 404
    reading = await web.key(ALICE, Scope.READ)
    assert (await web.ask("POST", PATH, key=reading, body=PLAN)).status == 403


async def test_a_plan_that_cannot_be_is_refused(web: Web) -> None:
    await follow(web.connections.database, ALICE)
    answer = await web.ask("POST", PATH, key=await web.key(), body={**PLAN, "size_sol": "-1"})
    assert answer.status == 422


async def test_only_a_wallet_that_the_chat_follows_is_followed_with_virtual_money(web: Web) -> None:
    assert (await web.ask("POST", PATH, key=await web.key(), body=PLAN)).status == 404
