"""The bot's heartbeat and health checks, and the gauge of waiting updates."""

from dataclasses import dataclass

from bot.intake.webhook_guard import POLLING
from domain.health import CheckResult, healthy
from runtime.observability.metrics import updates_pending
from runtime.processes.health import Health
from storage.chats.updates import open_updates
from storage.coordination.instances import Heartbeat
from storage.postgres import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class BotHealth:
    """The health that this process reports."""

    database: Database
    instance_id: str
    intake: str
    """How updates come: by polling, or the webhook's host and a hash of its address."""
    region: str = ""
    """Where this process runs; empty: nobody said."""

    def add_checks(self, health: Health) -> None:
        """Add the check behind readiness: a bot that can store an update is ready."""
        health.add("postgresql", self._can_store)

    @property
    def heartbeat(self) -> Heartbeat:
        """The heartbeat; each beat also sets the gauge of waiting updates."""
        return Heartbeat(
            self.database,
            instance_id=self.instance_id,
            program="bot",
            detail=self._detail,
            region=self.region,
        )

    async def _detail(self) -> dict[str, object]:
        waiting = await open_updates(self.database)
        updates_pending.set(waiting)
        updates = POLLING if self.intake == POLLING else "webhook"
        return {"updates": updates, "intake": self.intake, "waiting": waiting}

    async def _can_store(self) -> CheckResult:
        waiting = await open_updates(self.database)
        return healthy(f"answers; {waiting} updates wait")
