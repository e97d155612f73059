"""/scan, the button Scan, and the mint that was asked for: a worker looks for what could go wrong."""

from bot.dialog.awaited_input import Awaiting, ask_back
from bot.dialog.reply import Ask, Reply
from bot.dialog.request import Request
from bot.services.services import Desk
from domain.activity.addresses import parse_address
from domain.jobs import Queue
from messaging.telegram.texts import watches as texts


async def scan(request: Request, desk: Desk) -> Reply:
    """Scan the mint in the message."""
    mint = request.words.strip()
    if not mint:
        return await ask_back(request, desk, Awaiting.SCAN, texts.ask_mint())
    return await _scan(request, desk, mint)


async def scan_tapped(request: Request, desk: Desk) -> Reply:
    """Scan the mint of the button."""
    return await _scan(request, desk, request.arguments[0])


async def _scan(request: Request, desk: Desk, words: str) -> Reply:
    mint = parse_address(words)
    await desk.chats.open(request.place)
    return Reply(text=texts.scanning(mint), ask=Ask(queue=Queue.SECURITY_SCAN, subject=mint))
