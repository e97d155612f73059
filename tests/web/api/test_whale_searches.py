"""Whale searches over HTTP: one runs at a time, and stops when it is asked to."""

import pytest

from domain.access import Scope
from tests.web.conftest import OPERATOR, Web

pytestmark = pytest.mark.services


async def test_a_search_is_started_shown_and_stopped(web: Web) -> None:
    key = await web.key(OPERATOR, Scope.ADMIN, Scope.READ)
    assert (await web.ask("POST", "/api/v1/whale-searches/stop", key=key)).status == 404
    body = {"min_sol": 500, "hours": 2}
    started = await web.ask("POST", "/api/v1/whale-searches", key=key, body=body)
    assert (started.status, started.body["status"], started.body["min_lamports"]) == (
        201,
        "running",
        "500000000000",
    )
    again = await web.ask("POST", "/api/v1/whale-searches", key=key, body=body)
    assert again.body["search_id"] == started.body["search_id"]
    (listed,) = (await web.get("/whale-searches", key))["data"]
    assert listed["search_id"] == started.body["search_id"]
    stopped = await web.ask("POST", "/api/v1/whale-searches/stop", key=key)
    assert stopped.body["status"] == "stopped"
    assert (await web.get("/whale-searches/whales", key))["data"] == []
