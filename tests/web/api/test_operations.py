"""What operators see and do over HTTP, which stands in the audit log."""

import pytest

from domain.access import Scope
from domain.people import AuditOutcome
from tests.storage.sample_data import ALICE
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


async def test_somebody_takes_care_of_an_alert_and_of_none_that_is_not_there(web: Web) -> None:
    key, database = await web.key(OPERATOR, Scope.ADMIN), web.connections.database
    await database.execute(
        "INSERT INTO operator_alerts (name, level, sentence, since, announced_at)"
        " VALUES ('Chain', 1, 'old', now(), now())"
    )
    (alert,) = (await web.get("/admin/overview", key))["alerts"]
    body = {"announced_at": alert["announced_at"], "silence_seconds": 600}
    done = await web.ask("POST", "/api/v1/admin/alerts/acknowledge", key=key, body=body)
    assert done.body["alerts"][0]["acknowledged_by"] == str(OPERATOR)
    assert done.body["alerts"][0]["silenced_until"] is not None
    never = {"announced_at": "2020-01-01T00:00:00Z"}
    assert (await web.ask("POST", "/api/v1/admin/alerts/acknowledge", key=key, body=never)).status == 404


async def test_who_is_no_operator_is_refused_and_that_is_noted(web: Web) -> None:
    session = await web.sign_in(ALICE)
    assert (await web.ask("GET", "/api/v1/admin/overview", Cookie=session)).status == 403
    (act,) = await web.services.audit.latest(actor_id=ALICE, limit=5)
    assert (act.act, act.outcome) == ("web: GET /admin/overview", AuditOutcome.REFUSED)
