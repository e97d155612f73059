"""Alerts, deliveries and why, over the API."""

import pytest

from domain.rules.rules import Rules
from tests.storage.sample_data import ALICE, BOB, fan_out_all, follow, happened, purchase
from tests.web.conftest import Web

pytestmark = pytest.mark.services


async def test_alerts_come_the_latest_first_in_pages_with_exact_amounts(web: Web) -> None:
    database = web.connections.database
    await follow(database, ALICE, label="Moby")
    await happened(database, *(purchase(number) for number in range(3)))
    await fan_out_all(database)
    key = await web.key()
    first = await web.get("/alerts?limit=2", key)
    rest = await web.get(f"/alerts?limit=2&cursor={first['next_cursor']}", key)
    assert [one["signature"] for one in (*first["data"], *rest["data"])] == [
        "signature-2",
        "signature-1",
        "signature-0",
    ]
    alert = first["data"][0]
    assert (alert["label"], alert["activity"]["received"][0]["raw"]) == ("Moby", "3841012345")
    assert await web.get(f"/alerts/{alert['delivery_id']}", key) == alert
    stranger = await web.key(BOB)
    assert (await web.ask("GET", f"/api/v1/alerts/{alert['delivery_id']}", key=stranger)).status == 404


async def test_why_says_which_gate_stopped_an_alert_and_by_which_rule(web: Web) -> None:
    database = web.connections.database
    await follow(database, ALICE)
    key = await web.key()
    await web.ask("PUT", "/api/v1/rules", key=key, body={"kinds_off": ["buy"]})
    await happened(database, purchase(1))
    await fan_out_all(database)
    (delivery,) = (await web.get("/deliveries", key))["data"]
    assert (delivery["gate"], delivery["state"]) == ("kind_off", "suppressed")
    why = await web.get(f"/deliveries/{delivery['delivery_id']}/why", key)
    assert why["reasons"]["rules"] == {"kinds_off": ["buy"]}
    assert (await web.get("/alerts", key))["data"] == []
    assert Rules(kinds_off=None) == Rules()
