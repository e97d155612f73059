"""Calling the senders."""

import asyncio
from dataclasses import replace

import pytest

from domain.jobs import Queue
from runtime.clock import monotonic
from runtime.processes.lifecycle import Stop
from tests.storage.sample_data import ALICE, fan_out_all, follow, happened, purchase
from workers.stages.stage import Dispatch
from workers.stages.wake_ups import until_due, wake_senders

pytestmark = pytest.mark.services


async def somebody() -> int:
    return 1


async def test_a_job_waits_for_senders_only_where_none_hears_the_call(dispatch: Dispatch) -> None:
    dispatch.due.set()
    await wake_senders(replace(dispatch, call_senders=somebody), Stop())
    assert await dispatch.queues.depth(Queue.NOTIFICATIONS) == 0
    dispatch.due.set()
    await wake_senders(dispatch, Stop())
    assert await dispatch.queues.depth(Queue.NOTIFICATIONS) == 1
    assert not dispatch.due.is_set()


async def test_without_news_the_backlog_alone_makes_a_job(dispatch: Dispatch) -> None:
    await wake_senders(dispatch, Stop())
    assert await dispatch.queues.depth(Queue.NOTIFICATIONS) == 0
    await follow(dispatch.database, ALICE)
    await happened(dispatch.database, purchase())
    await fan_out_all(dispatch.database)
    for _ in range(2):
        await wake_senders(dispatch, Stop())
        assert await dispatch.queues.depth(Queue.NOTIFICATIONS) == 1


async def test_the_pause_ends_when_something_is_due(dispatch: Dispatch) -> None:
    began = monotonic()
    await until_due(dispatch, 0.01)
    asyncio.get_running_loop().call_later(0.01, dispatch.due.set)
    await until_due(dispatch, 30)
    assert monotonic() - began < 10
