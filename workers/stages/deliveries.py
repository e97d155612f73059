"""What keeps the outbox moving: lost senders, digests, corrections, outages, broadcasts."""

import logging

from runtime.observability import metrics
from runtime.processes.lifecycle import Stop
from storage.delivery.broadcasts import finish_broadcasts
from storage.delivery.corrections import correct_next
from storage.delivery.deliveries import close_undeliverable, recover
from storage.delivery.digests import gather_due
from storage.delivery.outage_messages import address_next
from storage.delivery.unconfirmed import name_unconfirmed
from workers.stages.stage import Dispatch

log = logging.getLogger(__name__)


async def recover_deliveries(dispatch: Dispatch, _: Stop) -> None:
    """Take back what dead senders had marked, and end what waits for closed chats."""
    if recovered := await recover(dispatch.database):
        metrics.deliveries_ambiguous.inc(recovered)
        log.warning("%d deliveries were in the hands of a sender that ended", recovered)
        dispatch.due.set()
    if closed := await close_undeliverable(dispatch.database):
        log.info("%d deliveries ended with their closed chats", closed)


async def name_alerts(dispatch: Dispatch, _: Stop) -> None:
    """Name what may not have arrived, once nothing more can be done about it."""
    while named := await name_unconfirmed(dispatch.database):
        metrics.deliveries_named.inc(named)
        log.warning("%d deliveries may not have arrived; their chats are told", named)
        dispatch.due.set()


async def gather_digests(dispatch: Dispatch, _: Stop) -> None:
    """Make digests of what was deferred and is due."""
    while await gather_due(dispatch.database):
        dispatch.due.set()


async def correct_alerts(dispatch: Dispatch, _: Stop) -> None:
    """Stop alerts that were reverted, and correct the messages that show them."""
    while (done := await correct_next(dispatch.database)).has_more:
        log.info("%d deliveries suppressed, %d messages to be corrected", done.suppressed, done.addressed)
        dispatch.due.set()


async def announce_outages(dispatch: Dispatch, _: Stop) -> None:
    """Address each chat that an outage touched, once the outage is over."""
    stable_seconds = dispatch.config.stable_seconds
    while (step := await address_next(dispatch.database, stable_seconds=stable_seconds)) is not None:
        dispatch.due.set()
        if step.is_last:
            metrics.outages_announced.inc()
            log.info("Every chat that an outage touched gets a message about it")


async def end_broadcasts(dispatch: Dispatch, _: Stop) -> None:
    """Call broadcasts done of which nothing waits."""
    if ended := await finish_broadcasts(dispatch.database):
        log.info("%d broadcasts are done", ended)
