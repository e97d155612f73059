"""/status: how fresh the data is."""

from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.services.services import Services
from messaging.telegram.texts.status import Standing, status_text


async def status(request: Request, services: Services) -> Reply:
    """Tell how far the chain is read and how long messages take."""
    snapshot = await services.system_status.snapshot()
    here = await services.watches.of(request.target)
    standing = Standing(
        slot=snapshot.slot,
        feed_age_seconds=snapshot.feed_age_seconds,
        p50=snapshot.p50,
        p95=snapshot.p95,
        deliveries_due=snapshot.deliveries_due,
        oldest_due_seconds=snapshot.oldest_due_seconds,
        wallets_here=len(here),
    )
    return Reply(text=status_text(standing))
