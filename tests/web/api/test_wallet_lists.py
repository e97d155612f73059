"""Whole lists over HTTP: an import says what became of each wallet, a rehearsal changes nothing."""

import pytest

from domain.access import Scope
from tests.storage.sample_data import ALICE, MINT, WHALE, follow, happened, purchase
from tests.web.conftest import Web

pytestmark = pytest.mark.services


async def test_a_list_is_followed_and_each_refusal_has_its_reason(web: Web) -> None:
    key = await web.key(ALICE)
    body = {"text": f"Moby: {WHALE}\n{MINT},Other", "name": "mine.txt"}
    done = await web.ask("POST", "/api/v1/watches/import", key=key, body=body)
    assert done.status == 200
    assert (done.body["followed"], done.body["known"], done.body["refused"]) == (2, 0, [])
    assert {one["wallet"]: one["label"] for one in done.body["watches"]} == {WHALE: "Moby", MINT: "Other"}
    again = await web.ask("POST", "/api/v1/watches/import", key=key, body=body)
    assert (again.body["followed"], again.body["known"]) == (0, 2)


@pytest.mark.parametrize(("text", "reason"), [("hello", "No Solana address"), ("[1,", "JSON is broken")])
async def test_what_is_no_list_is_refused_in_words(web: Web, text: str, reason: str) -> None:
    done = await web.ask("POST", "/api/v1/watches/import", key=await web.key(ALICE), body={"text": text})
    assert done.status == 422
    assert reason in done.body["detail"]


async def test_a_rehearsal_counts_the_last_week_and_changes_nothing(web: Web) -> None:
    await follow(web.connections.database, ALICE, label="Moby")
    await happened(web.connections.database, purchase(1), purchase(2))
    key = await web.key(ALICE, Scope.READ)
    by_default = await web.ask("POST", "/api/v1/rules/rehearsal", key=key, body={})
    assert (by_default.body["alerts"], by_default.body["busiest"], by_default.body["of_busiest"]) == (
        2,
        "Moby",
        2,
    )
    strict = await web.ask("POST", "/api/v1/rules/rehearsal", key=key, body={"kinds_off": ["buy"]})
    assert strict.body["alerts"] == 0
    (watch,) = (await web.get("/watches", key))["data"]
    path = f"/api/v1/rules/rehearsal?watch_id={watch['watch_id']}"
    assert (await web.ask("POST", path, key=key, body={"kinds_off": ["buy"]})).body["alerts"] == 0
    assert (await web.ask("POST", f"{path}9", key=key, body={})).status == 404
    assert await web.get("/rules", key) == {}
    wrong = await web.ask("POST", "/api/v1/rules/rehearsal", key=key, body={"min_usd": "-5"})
    assert wrong.status == 422
