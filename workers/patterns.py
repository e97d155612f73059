"""The dispatcher's stage that finds patterns in what the fan-out has decided."""

import asyncio

from runtime.observability import metrics
from runtime.processes.lifecycle import Stop, failpoint
from storage.patterns.detection import find_next
from workers.stages import Dispatch, fan_out

DELAY_SECONDS = 0.5
"""After alerts were decided, until patterns are looked for in them: one check is for many."""


async def find_patterns(dispatch: Dispatch, stop: Stop) -> None:
    """Detect patterns until no sighting is new; found patterns are decided at once."""
    dispatch.decided.clear()
    while not stop.is_set() and (found := await find_next(dispatch.database)) is not None:
        failpoint("found")
        if found:
            metrics.patterns_found.inc(found)
            await fan_out(dispatch, stop)


async def until_decided(dispatch: Dispatch, seconds: float) -> None:
    """Wait until the fan-out has decided something, and a little longer."""
    try:
        async with asyncio.timeout(seconds):
            await dispatch.decided.wait()
    except TimeoutError:
        return
    await asyncio.sleep(DELAY_SECONDS)
