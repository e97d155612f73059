"""What operators see and do over HTTP, which stands in the audit log."""

import pytest

from domain.access import Scope
from tests.web.conftest import OPERATOR, Web

pytestmark = pytest.mark.services


async def test_the_overview_shows_parts_alerts_and_switches(web: Web) -> None:
    key = await web.key(OPERATOR, Scope.ADMIN)
    overview = await web.get("/admin/overview", key)
    assert "PostgreSQL" in {part["name"] for part in overview["components"]}
    assert (overview["alerts"], overview["switches"]) == ([], {})
    queues = await web.get("/admin/queues", key)
    assert {queue["figures"]["queue"] for queue in queues["data"]} >= {"notifications", "maintenance"}


async def test_a_command_is_switched_off_and_on_and_that_is_noted(web: Web) -> None:
    key = await web.key(OPERATOR, Scope.ADMIN)
    off = await web.ask("PUT", "/api/v1/admin/flags/scan", key=key, body={"seconds": 600})
    assert list(off.body["switches"]) == ["scan"]
    on = await web.ask("PUT", "/api/v1/admin/flags/scan", key=key, body={"seconds": 0})
    assert on.body["switches"] == {}
    assert (await web.ask("PUT", "/api/v1/admin/flags/flags", key=key, body={"seconds": 5})).status == 422
    acts = await web.services.audit.latest(actor_id=OPERATOR, limit=5)
    assert [one.act for one in acts] == ["web: flags scan"] * 2


async def test_what_failed_is_tried_again(web: Web) -> None:
    key = await web.key(OPERATOR, Scope.ADMIN)
    assert (await web.ask("POST", "/api/v1/admin/queues/retry", key=key)).status == 200
