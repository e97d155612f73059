"""How the bot is: its heartbeat, its health checks, and the gauge of what waits."""

import logging
from dataclasses import dataclass

from domain.errors import Unavailable
from runtime.health import Finding, Health, healthy
from runtime.lifecycle import Stop
from runtime.metrics import updates_pending
from storage.instances import HEARTBEAT_SECONDS, beat, leave
from storage.postgres import Database
from storage.updates import open_updates

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """Tells others that this process lives."""

    database: Database
    instance_id: str
    way: str
    """How updates come: webhook or polling."""

    def add_checks(self, health: Health) -> None:
        """Ready is who can store an update."""
        health.add("postgresql", self._can_store)

    async def beat(self, stop: Stop) -> None:
        """Beat until the stop."""
        while not stop.is_set():
            try:
                waiting = await open_updates(self.database)
                updates_pending.set(waiting)
                detail: dict[str, object] = {"updates": self.way, "waiting": waiting}
                await beat(self.database, instance_id=self.instance_id, program="bot", detail=detail)
            except Unavailable as error:
                log.warning("No heartbeat: %s", error)
            await stop.sleep(HEARTBEAT_SECONDS)

    async def leave(self) -> None:
        """This process ends in order; that the database is away changes nothing."""
        try:
            await leave(self.database, self.instance_id)
        except Unavailable as error:
            log.info("Leaves without a word: %s", error)

    async def _can_store(self) -> Finding:
        waiting = await open_updates(self.database)
        return healthy(f"answers; {waiting} updates wait")
