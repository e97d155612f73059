"""The dispatcher: decides who gets an alert, wakes the senders, and resumes what others dropped.

Several may run: every stage makes conditional writes or may be repeated.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial

from domain.errors import Unavailable
from runtime.processes.lifecycle import Nursery, Stop
from workers.gauges import (
    STATISTICS_SECONDS,
    monitor_canary,
    note_database,
    note_database_answer,
    note_pushes,
    note_redis,
    note_statistics,
)
from workers.patterns import find_patterns, until_decided
from workers.stages import (
    Dispatch,
    Stage,
    announce_outages,
    correct_alerts,
    count_silent_spam,
    edit_alerts,
    end_broadcasts,
    enqueue_campaigns,
    enqueue_maintenance,
    enqueue_questions,
    enqueue_searches,
    fan_out,
    gather_digests,
    name_alerts,
    note_trade_prices,
    rebuild_positions,
    recover_deliveries,
    until_alerts,
    until_due,
    wake_senders,
)

log = logging.getLogger(__name__)
CAMPAIGN_SECONDS = 15.0
"""Between two checks of paper campaigns for what happened."""

STAGES = (
    Stage(name="fan-out", run=fan_out, seconds=1.0, until=until_alerts),
    Stage(name="finding of patterns", run=find_patterns, seconds=2.0, until=until_decided),
    Stage(name="wake-up of senders", run=wake_senders, seconds=1.0, until=until_due),
    Stage(name="recovery of deliveries", run=recover_deliveries, seconds=2.0),
    Stage(name="naming of alerts", run=name_alerts, seconds=5.0),
    Stage(name="gathering of digests", run=gather_digests, seconds=1.0),
    Stage(name="correction of alerts", run=correct_alerts, seconds=1.0),
    Stage(name="late edits of alerts", run=edit_alerts, seconds=1.0),
    Stage(name="prices of trades", run=note_trade_prices, seconds=1.0),
    Stage(name="rebuilding of positions", run=rebuild_positions, seconds=2.0),
    Stage(name="daily lines about spam", run=count_silent_spam, seconds=10.0),
    Stage(name="announcement of outages", run=announce_outages, seconds=2.0),
    Stage(name="end of broadcasts", run=end_broadcasts, seconds=1.0),
    Stage(name="questions", run=enqueue_questions, seconds=2.0),
    Stage(name="whale searches", run=enqueue_searches, seconds=2.0),
    Stage(name="maintenance", run=enqueue_maintenance, seconds=2.0),
    Stage(name="paper campaigns", run=enqueue_campaigns, seconds=CAMPAIGN_SECONDS),
    Stage(name="look whether PostgreSQL answers", run=note_database_answer, seconds=2.0),
    Stage(name="figures of PostgreSQL", run=note_database, seconds=60.0),
    Stage(name="figures of webhooks", run=note_pushes, seconds=15.0),
    Stage(name="statistics", run=note_statistics, seconds=STATISTICS_SECONDS),
    Stage(name="canary", run=monitor_canary, seconds=2.0),
    Stage(name="figures of Redis", run=note_redis, seconds=10.0),
)
"""The stages of a dispatcher, run concurrently: where one waits for Redis, the others continue."""


def start_stages(tasks: Nursery, dispatch: Dispatch, stop: Stop, stages: Sequence[Stage] = STAGES) -> None:
    """Start all stages; each starts again by itself when it fails.

    Args:
        tasks: keeps the stages running.
        dispatch: what all stages share.
        stop: ends them between two runs.
        stages: a test starts fewer.
    """
    for stage in stages:
        tasks.start_forever(stage.name, partial(run_stage, stage, dispatch, stop))


async def run_stage(stage: Stage, dispatch: Dispatch, stop: Stop) -> None:
    """Run a stage until the stop. An unavailable server is logged; the stage runs again after its pause.

    Args:
        stage: what to run, and how long to pause.
        dispatch: what all stages share.
        stop: ends the pause, too.
    """
    while not stop.is_set():
        try:
            await stage.run(dispatch, stop)
        except Unavailable as error:
            log.warning("No %s at present; nothing is lost: %s", stage.name, error)
        if stage.until is None:
            await stop.sleep(stage.seconds)
        else:
            await stage.until(dispatch, stage.seconds)
