"""What follows from a send beyond its delivery: for the chat and for the limits. The one place for it."""

from domain.delivery.deliveries import Destination
from domain.delivery.results import SendResult, SendStatus
from messaging.sending.ports import Destinations, Limits
from runtime.observability import metrics


async def follow_up(
    destination: Destination,
    result: SendResult,
    *,
    began: float,
    destinations: Destinations,
    limits: Limits,
) -> None:
    """Keep silent as long as the channel asks, and while it does not answer; close, hold and move chats.

    What follows for the deliveries themselves: domain/delivery/results.py. A rejected token stops the sender.

    Args:
        destination: where the message was sent.
        result: what came of it.
        began: when it began to be sent, by the monotonic clock.
        destinations: where it is kept.
        limits: of the channel.
    """
    await limits.observe(result, began=began)
    if result.retry_after is not None:
        await limits.refused(destination, result.retry_after)
    if result.status is SendStatus.CHAT_CLOSED:
        await destinations.close(destination, result.reason)
    if result.status is SendStatus.CHAT_SUSPENDED:
        metrics.chat_suspensions.inc()
        await destinations.hold(destination, result.reason)
    if result.status is SendStatus.MIGRATED and result.new_chat_id is not None:
        await destinations.migrate(destination, result.new_chat_id)
