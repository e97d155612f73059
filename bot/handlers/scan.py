"""/scan, the button Scan, and the answer to the question for a mint: a worker scans the token."""

from bot.dialog.awaited_input import Awaiting, ask_back
from bot.dialog.reply import Reply, SlowQuestion
from bot.dialog.request import Request
from bot.services.services import Services
from domain.activity.addresses import parse_address
from domain.jobs import QuestionKind
from messaging.telegram.texts import watches as texts


async def scan(request: Request, services: Services) -> Reply:
    """Scan the mint in the message."""
    mint = request.words.strip()
    if not mint:
        return await ask_back(request, services, Awaiting.SCAN, texts.ask_mint())
    return await _scan(request, services, mint)


async def scan_callback(request: Request, services: Services) -> Reply:
    """Scan the mint of the button."""
    return await _scan(request, services, request.arguments[0])


async def _scan(request: Request, services: Services, words: str) -> Reply:
    mint = parse_address(words)
    await services.chats.open(request.target)
    return Reply(
        text=texts.scanning(mint), question=SlowQuestion(kind=QuestionKind.SECURITY_SCAN, subject=mint)
    )
