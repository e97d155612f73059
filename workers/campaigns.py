"""The job of paper campaigns: they take in what happened, and then what is stored, for a few seconds."""

from functools import partial

from runtime.clock import monotonic
from runtime.observability import metrics
from storage.paper.advance import advance_campaigns, read_stored_next
from workers.process import Context

SECONDS = 20.0
"""So long one job works; what is left waits for the next."""


async def run_campaigns(context: Context) -> None:
    """Move the campaigns of the watched chain on. Each step is committed by itself, and may be repeated."""
    chain, until = context.settings.chain, monotonic() + SECONDS
    for step in (
        partial(advance_campaigns, context.database, chain=chain),
        partial(read_stored_next, context.database, chain=chain),
    ):
        while monotonic() < until and await step():
            metrics.campaign_steps.inc()
