"""The heartbeat of one process, every ten seconds, so that operators see what runs."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from domain.errors import Unavailable
from runtime.processes.lifecycle import Stop
from storage.coordination.instances import HEARTBEAT_SECONDS, beat, leave
from storage.postgres import Database

log = logging.getLogger(__name__)


Detail = Callable[[], Awaitable[dict[str, object]]]
"""What a process reports of itself; may raise Unavailable."""


async def _nothing() -> dict[str, object]:
    return {}


class Heartbeat:
    """The heartbeat of one process."""

    def __init__(
        self, database: Database, *, instance_id: str, program: str, detail: Detail = _nothing
    ) -> None:
        self._database = database
        self._instance_id = instance_id
        self._program = program
        self._detail = detail

    async def run(self, stop: Stop) -> None:
        """Beat until the stop; while the database is away, it only logs that."""
        while not stop.is_set():
            try:
                detail = await self._detail()
                await beat(
                    self._database, instance_id=self._instance_id, program=self._program, detail=detail
                )
            except Unavailable as error:
                log.warning("No heartbeat: %s", error)
            await stop.sleep(HEARTBEAT_SECONDS)

    async def leave(self) -> None:
        """Delete the row of this process, which ends in order, unless the database is away."""
        try:
            await leave(self._database, self._instance_id)
        except Unavailable as error:
            log.info("The row of this process stays: %s", error)
