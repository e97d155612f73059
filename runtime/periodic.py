"""Work that is done again and again: a server that is away costs one time, and is logged."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import NoReturn

from domain.errors import Unavailable


async def run_periodically(
    work: Callable[[], Awaitable[object]],
    *,
    seconds: float,
    log: logging.Logger,
    delayed: str,
    level: int = logging.INFO,
    errors: tuple[type[Exception], ...] = (Unavailable,),
) -> NoReturn:
    """Do this work repeatedly until cancelled.

    Args:
        work: is done at once, and again whether it succeeded or not.
        seconds: from the end of one time to the next.
        log: of the module whose work it is.
        delayed: what waits where it failed, with `%s` for the reason.
        level: of that record.
        errors: those that may pass; any other ends the work.
    """
    while True:
        try:
            await work()
        except errors as error:
            log.log(level, delayed, error)
        await asyncio.sleep(seconds)
