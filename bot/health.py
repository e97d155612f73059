"""How the bot is: its heartbeat, its health checks, and the gauge of what waits."""

from dataclasses import dataclass

from runtime.observability.metrics import updates_pending
from runtime.processes.health import Finding, Health, healthy
from storage.chats.updates import open_updates
from storage.coordination.heartbeat import Heartbeat
from storage.postgres import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class BotHealth:
    """Tells others that this process lives."""

    database: Database
    instance_id: str
    way: str
    """How updates come: webhook or polling."""

    def add_checks(self, health: Health) -> None:
        """Ready is who can store an update."""
        health.add("postgresql", self._can_store)

    @property
    def heartbeat(self) -> Heartbeat:
        """What tells others; each beat also sets the gauge of what waits."""
        return Heartbeat(self.database, instance_id=self.instance_id, program="bot", detail=self._detail)

    async def _detail(self) -> dict[str, object]:
        waiting = await open_updates(self.database)
        updates_pending.set(waiting)
        return {"updates": self.way, "waiting": waiting}

    async def _can_store(self) -> Finding:
        waiting = await open_updates(self.database)
        return healthy(f"answers; {waiting} updates wait")
