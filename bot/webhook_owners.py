"""Checks periodically that the owners of group webhooks are still admins of the group.

Telegram tells the bot of few who leave or are no admins any more, so it is asked.
"""

from collections.abc import Awaitable, Callable

from runtime.processes.lifecycle import Stop
from services.webhooks import WebhookStore

CHECK_SECONDS = 60.0


async def watch_owners(
    webhooks: WebhookStore, is_admin: Callable[[int, int], Awaitable[bool]], stop: Stop
) -> None:
    """Check some owners each minute until the stop; several bots share the work.

    Args:
        webhooks: the store, which says who is due.
        is_admin: chat id and user id; asks Telegram.
        stop: ends it.
    """
    while await stop.sleep(CHECK_SECONDS):
        await webhooks.check_owners(is_admin)
