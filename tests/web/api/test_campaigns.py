"""Paper campaigns over HTTP: started, read, paused and stopped, each only by its own chat."""

import time

import pytest

from domain.access import Scope
from tests.storage.sample_data import ALICE, BOB, WHALE, follow
from tests.web.conftest import Web

pytestmark = pytest.mark.services

PLAN = {"wallets": [WHALE], "size_sol": "0.5", "stop_pct": "20"}
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
    assert (await web.get(f"/campaigns/{campaign['campaign_id']}/points", key))["data"] == []
    rows = await web.connections.database.fetch("SELECT actor_id, act FROM audit_log ORDER BY audit_id")
    acts = [row["act"] for row in rows if row["act"].startswith("paper")]
    done = ("started", "paused", "running", "stopped")
    assert acts == [f"paper {campaign['campaign_id']} {act}" for act in done]
    assert {row["actor_id"] for row in rows} == {ALICE}


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
    key, now = await web.key(), int(time.time())
    year = 370 * 86_400
    faults: tuple[dict[str, object], ...] = (
        {"size_sol": "-1"},
        {"size_sol": "1e-9999999"},
        {"stop_pct": "1e-9999999"},
        {"max_open": 101},
        {"wallets": []},
        {"wallets": [WHALE] * 21},
        {"from": now - year},
        {"from": now + year},
        {"until": now + 10 * year},
        {"from": now, "until": now - 60},
        {"until": 10**12},
        {"surprise": 1},
    )
    for wrong in faults:
        answer = await web.ask("POST", PATH, key=key, body={**PLAN, **wrong})
        assert answer.status == 422, wrong
        assert answer.body["detail"], wrong


async def test_one_goes_over_history_and_one_begins_and_ends_in_time_to_come(web: Web) -> None:
    await follow(web.connections.database, ALICE)
    key, now = await web.key(), int(time.time())
    past = await web.ask("POST", PATH, key=key, body={**PLAN, "from": now - 86_400})
    assert past.body["read_until"] is not None
    ahead = await web.ask("POST", PATH, key=key, body={**PLAN, "from": now + 60, "until": now + 120})
    assert (ahead.body["from"], ahead.body["until"]) == (now + 60, now + 120)
    assert (await web.ask("POST", PATH, key=key, body=PLAN)).status == 422, "the tier allows two"


async def test_only_a_wallet_that_the_chat_follows_is_followed_with_virtual_money(web: Web) -> None:
    assert (await web.ask("POST", PATH, key=await web.key(), body=PLAN)).status == 404
