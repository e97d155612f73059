"""Looks again and again whether those who made webhooks of groups are admins there still.

Telegram tells the bot of few who leave or are no admins any more, so it is asked.
"""

from collections.abc import Awaitable, Callable

from runtime.processes.lifecycle import Stop
from services.webhooks import WebhookStore

CHECK_SECONDS = 60.0


async def watch_owners(
    webhooks: WebhookStore, is_admin: Callable[[int, int], Awaitable[bool]], stop: Stop
) -> None:
    """Check some owners each minute until the stop; several bots share the work."""
    while await stop.sleep(CHECK_SECONDS):
        await webhooks.check_owners(is_admin)
