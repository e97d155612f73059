"""/stats and /health: for operators. Who asks is checked, and noted, before these are called."""

from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.services.services import Desk
from messaging.telegram.texts.operators import Part, health_text, stats_text


async def stats(request: Request, desk: Desk) -> Reply:
    """Tell the counts."""
    del request
    return Reply(text=stats_text(await desk.watchtower.statistics()))


async def health(request: Request, desk: Desk) -> Reply:
    """Tell how each part is."""
    del request
    parts = [
        Part(name=c.name, state=c.state, sentence=c.sentence) for c in await desk.watchtower.components()
    ]
    return Reply(text=health_text(parts))
