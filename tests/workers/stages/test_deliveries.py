"""One run of each stage that keeps the outbox moving."""

import pytest

from runtime.processes.lifecycle import Stop
from storage.chats.chats import close_chat
from storage.delivery.claims import claim
from storage.delivery.deliveries import mark_sending
from tests.storage.outbox import end_outage, revert_alert, send_all, sent_while_provisional
from tests.storage.sample_data import ALICE, fan_out_all, follow, happened, purchase
from workers.stages.deliveries import (
    announce_outages,
    correct_alerts,
    end_broadcasts,
    gather_digests,
    recover_deliveries,
)
from workers.stages.stage import Dispatch

pytestmark = pytest.mark.services


async def kinds(dispatch: Dispatch) -> list[str]:
    rows = await dispatch.database.fetch("SELECT kind FROM deliveries WHERE kind <> 'alert'")
    return [row["kind"] for row in rows]


async def test_what_a_dead_sender_marked_is_due_again(dispatch: Dispatch) -> None:
    await follow(dispatch.database, ALICE)
    await happened(dispatch.database, purchase())
    await fan_out_all(dispatch.database)
    (claimed,) = await claim(dispatch.database, owner="dead", limit=1)
    await mark_sending(dispatch.database, owner="dead", delivery_ids=[claimed.delivery_id])
    await dispatch.database.execute("UPDATE deliveries SET lease_until = now() - interval '1 second'")
    await recover_deliveries(dispatch, Stop())
    assert await dispatch.database.fetchval("SELECT state FROM deliveries") == "retry"
    assert dispatch.due.is_set()


async def test_what_waits_for_a_closed_chat_ends(dispatch: Dispatch) -> None:
    await follow(dispatch.database, ALICE)
    await happened(dispatch.database, purchase())
    await fan_out_all(dispatch.database)
    await close_chat(dispatch.database, ALICE, "blocked")
    await recover_deliveries(dispatch, Stop())
    assert await dispatch.database.fetchval("SELECT state FROM deliveries") == "dead"
    assert not dispatch.due.is_set()


async def test_an_alert_that_died_is_corrected(dispatch: Dispatch) -> None:
    await follow(dispatch.database, ALICE)
    await sent_while_provisional(dispatch.database, 1)
    await send_all(dispatch.database)
    await revert_alert(dispatch.database, 1)
    await correct_alerts(dispatch, Stop())
    assert len(await kinds(dispatch)) == 1
    assert dispatch.due.is_set()


async def test_an_outage_that_is_over_is_announced_to_the_chats_that_it_touched(dispatch: Dispatch) -> None:
    await follow(dispatch.database, ALICE)
    await end_outage(dispatch.database)
    await announce_outages(dispatch, Stop())
    assert len(await kinds(dispatch)) == 1


async def test_where_nothing_is_due_nothing_happens(dispatch: Dispatch) -> None:
    for stage in (gather_digests, correct_alerts, announce_outages, end_broadcasts):
        await stage(dispatch, Stop())
    assert not dispatch.due.is_set()
    assert await kinds(dispatch) == []
