"""The jobs of the maintenance queue: the hourly retention, and paper campaigns a few times a minute."""

import logging
from dataclasses import asdict

from domain import jobs
from domain.errors import QueueUnavailable
from storage.admin.retention import apply_retention
from storage.coordination.leases import finish_tick, take_tick
from storage.ingest.activity_partitions import CANDLES, Partitioned, keep_partitions
from storage.market.candles import KEPT_DAYS
from storage.paper.upkeep import keep_campaigns_small
from workers.campaigns import run_campaigns
from workers.process import Context, run

log = logging.getLogger(__name__)

CLEANUP = "cleanup"
"""Name of the hourly tick."""
LEASE_SECONDS = 120.0


def work(text: str) -> None:
    """Run the task of the payload; a repeated one does nothing that is done already.

    Raises:
        ValueError: `text` is no such payload.
    """
    payload = jobs.read(text)
    if isinstance(payload, jobs.RetentionPayload):
        run(run_retention)
    elif isinstance(payload, jobs.CampaignsPayload):
        run(run_campaigns)
    else:
        raise ValueError("not a payload of the maintenance queue")  # noqa: TRY004 - the text has a wrong value


async def run_retention(context: Context) -> bool:
    """Run this hour's cleanup, unless it is done or in progress; return whether it was done here."""
    tick = await take_tick(context.database, CLEANUP, owner=context.owner, seconds=LEASE_SECONDS)
    if tick is None:
        return False
    days = context.settings.keep_days
    swept = await apply_retention(context.database, days=days)
    partitions = await keep_partitions(context.database, days=days)
    for seconds, table in CANDLES.items():
        await keep_partitions(context.database, days=min(days, KEPT_DAYS[seconds]), table=table)
    _log_report(partitions, swept)
    kept_small = await keep_campaigns_small(context.database)
    report = {**swept, **kept_small, **asdict(partitions), **await _clean_redis(context)}
    await finish_tick(context.database, CLEANUP, tick, owner=context.owner, report=report)
    return True


async def _clean_redis(context: Context) -> dict[str, int]:
    """Delete old entries of RQ's registries and stale cache entries; nothing while Redis is unavailable."""
    try:
        entries = await context.queues.clean()
    except QueueUnavailable as error:
        log.warning("The registries are not cleaned up: %s", error)
        entries = 0
    return {"registry entries": entries, "cached values": await context.cached.caches.delete_stale() or 0}


def _log_report(partitions: Partitioned, swept: dict[str, int]) -> None:
    log.info(
        "Cleaned up: %s", ", ".join(f"{name} {count}" for name, count in swept.items() if count) or "nothing"
    )
    if partitions.made:
        log.info("Made %s", ", ".join(partitions.made))
    if partitions.dropped:
        log.warning("Dropped %s: older than KEEP_DAYS", ", ".join(partitions.dropped))
    if partitions.left_in_default:
        log.warning(
            "%d activities stay in the default partition: their day had none of its own in time",
            partitions.left_in_default,
        )
