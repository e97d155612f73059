"""Shared limits for the tests."""

from messaging.sending.rate_limiter import LocalLimits


class Counted(LocalLimits):
    """Shared limits that count like Redis does."""

    def __init__(self) -> None:
        super().__init__(slower=1.0)
        self.paused: list[tuple[str, float]] = []

    async def pause(self, scope: str, seconds: float) -> None:
        self.paused.append((scope, seconds))
