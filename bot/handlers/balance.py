"""/balance, the button Balance, and the answer to the question for an address: a worker reads the balance."""

from bot.dialog.awaited_input import Awaiting, ask_back
from bot.dialog.reply import Reply, SlowQuestion
from bot.dialog.request import Request
from bot.parsing.labels import matching_watches
from bot.services.services import Services
from domain.activity.addresses import parse_address
from domain.jobs import QuestionKind
from messaging.telegram.texts import watches as texts


async def balance(request: Request, services: Services) -> Reply:
    """Read the wallet that the message names, by address or by its name in this chat."""
    name = request.words.strip()
    if not name:
        return await ask_back(request, services, Awaiting.BALANCE, texts.ask_address("look into"))
    return await _read(request, services, name)


async def balance_callback(request: Request, services: Services) -> Reply:
    """Read the wallet of the button."""
    return await _read(request, services, request.arguments[0])


async def _read(request: Request, services: Services, name: str) -> Reply:
    found = matching_watches(await services.watches.of(request.target), name)
    address = found[0].wallet if found else parse_address(name)
    await services.chats.open(request.target)
    return Reply(
        text=texts.reading_balance(found[0].label if found else "", address),
        question=SlowQuestion(kind=QuestionKind.BALANCE, subject=address),
    )
