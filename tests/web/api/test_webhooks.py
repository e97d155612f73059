"""Webhooks over HTTP: made, tried, rotated, replayed and ended, each only by its own chat."""

import pytest

from domain.access import Scope
from tests.storage.sample_data import ALICE, BOB
from tests.storage.webhook_rows import REFUSED, claimed, push_alerts_of, record
from tests.web.conftest import Web

pytestmark = pytest.mark.services
PATH = "/api/v1/webhooks"
THERE = {"url": "https://127.0.0.1:8443/hook?token=hidden"}


async def made(web: Web, key: str) -> str:
    answer = await web.ask("POST", PATH, key=key, body=THERE)
    assert answer.status == 201, answer
    return f"{PATH}/{answer.body['webhook']['webhook_id']}"


async def test_a_webhook_is_made_and_its_secret_is_shown_once(web: Web) -> None:
    key = await web.key()
    answers = [await web.ask("POST", PATH, key=key, body=THERE, Idempotency_Key="the same") for _ in range(2)]
    first, again = [answer.body for answer in answers]
    assert first["secret"].startswith("whsec_")
    assert (again["webhook"], again["secret"]) == (first["webhook"], None)
    (listed,) = (await web.get("/webhooks", key))["data"]
    assert listed == first["webhook"]
    assert (listed["host"], listed["form"], listed["on"]) == ("127.0.0.1:8443", "standard", True)
    stored = await web.connections.database.fetchval(
        "SELECT string_agg(encode(answer, 'escape'), '') FROM idempotent_requests"
    )
    assert first["secret"] not in str(stored)
    assert "hidden" not in str(answers)


async def test_it_is_rotated_moved_switched_off_and_on_and_deleted(web: Web) -> None:
    key = await web.key()
    one = await made(web, key)
    rotated = await web.ask("POST", f"{one}/rotate", key=key)
    assert rotated.body["webhook"]["rotation_ends_at"] is not None
    assert (await web.ask("POST", f"{one}/rotate", key=key)).body["secret"] != rotated.body["secret"]
    other = {"url": "https://127.0.0.1:9443/", "on": False}
    changed = (await web.ask("PATCH", one, key=key, body=other)).body
    assert (changed["host"], changed["on"], changed["off_reason"]) == (
        "127.0.0.1:9443",
        False,
        "switched off by hand",
    )
    assert (await web.ask("POST", f"{one}/test", key=key)).status == 422
    assert (await web.ask("PATCH", one, key=key, body={"on": True})).body["on"] is True
    assert (await web.ask("PATCH", one, key=key, body={})).status == 422
    assert (await web.ask("PATCH", one, key=key, body={"url": "https://10.0.0.1/"})).status == 422
    assert (await web.ask("DELETE", one, key=key)).status == 204
    assert (await web.ask("GET", one, key=key)).status == 404
    rows = await web.connections.database.fetch("SELECT act FROM audit_log ORDER BY audit_id")
    acts = [row["act"].rpartition(" ")[2] for row in rows if "webhook" in row["act"]]
    assert acts == ["made", "rotated", "rotated", "changed", "changed", "deleted"]


async def test_what_was_pushed_is_listed_and_replayed(web: Web) -> None:
    key = await web.key()
    one = await made(web, key)
    database = web.connections.database
    tested = await web.ask("POST", f"{one}/test", key=key)
    assert tested.status == 202
    await push_alerts_of(database, 1)
    await record(database, await claimed(database), REFUSED)
    page = await web.ask("GET", f"{one}/deliveries?limit=1", key=key)
    (pushed,) = page.body["data"]
    assert (pushed["type"], pushed["state"], pushed["attempts"]) == ("alert.created", "retry", 1)
    assert pushed["message_id"].startswith(f"msg_{pushed['delivery_id']}_")
    rest = await web.ask("GET", f"{one}/deliveries?cursor={page.body['next_cursor']}", key=key)
    assert [row["delivery_id"] for row in rest.body["data"]] == [tested.body["delivery_id"]]
    replay = f"{one}/deliveries/{pushed['delivery_id']}/replay"
    assert (await web.ask("POST", replay, key=key)).status == 202
    assert (await web.ask("POST", f"{one}/deliveries/1/replay", key=key)).status in {202, 404}
    assert (await web.ask("POST", f"{one}/deliveries/999/replay", key=key)).status == 404


async def test_nobody_sees_or_changes_the_webhooks_of_another_chat(web: Web) -> None:
    one = await made(web, await web.key())
    others = await web.key(BOB)
    assert (await web.get("/webhooks", others))["data"] == []
    for method, path, body in (
        ("GET", one, None),
        ("PATCH", one, {"on": False}),
        ("DELETE", one, None),
        ("POST", f"{one}/rotate", None),
        ("POST", f"{one}/test", None),
        ("GET", f"{one}/deliveries", None),
    ):
        assert (await web.ask(method, path, key=others, body=body)).status == 404
    reading = await web.key(ALICE, Scope.READ)
    assert (await web.ask("GET", one, key=reading)).status == 200
    assert (await web.ask("DELETE", one, key=reading)).status == 403
    second = await web.ask("POST", PATH, key=await web.key(), body=THERE)
    assert (second.status, "limit" in second.body["detail"]) == (422, True)
