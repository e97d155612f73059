"""/balance, the button Balance, and the answer to the question for an address: a worker reads the balance."""

from msgspec import structs

from bot.dialog.awaited_input import Awaiting, ask_follow_up
from bot.dialog.choice import ask_wallet
from bot.dialog.request import Reply, Request, SlowQuestion
from bot.parsing.labels import matching_watches
from domain.activity.addresses import parse_address
from domain.jobs import QuestionKind
from domain.rules.rules import distinguish
from messaging.telegram.texts import watches as texts
from services.services import Services


async def balance(request: Request, services: Services) -> Reply:
    """Read the wallet that the message names, by address or by its name in this chat."""
    name = request.words.strip()
    if not name:
        return await ask_follow_up(
            request, services, Awaiting.BALANCE, texts.ask_balance(locale=request.locale)
        )
    watches = await services.watches.of(request.target)
    found = matching_watches(watches, name)
    if len(found) > 1:
        return await ask_wallet(structs.replace(request, command="balance"), services, found, among=watches)
    return await _read(request, services, found[0].wallet if found else parse_address(name))


async def balance_callback(request: Request, services: Services) -> Reply:
    """Read the wallet of the button."""
    return await _read(request, services, request.arguments[0])


async def _read(request: Request, services: Services, address: str) -> Reply:
    watches = await services.watches.of(request.target)
    found = next((watch for watch in watches if watch.wallet == address), None)
    await services.chats.open(request.target)
    return Reply(
        text=texts.reading_balance(
            "" if found is None else distinguish(watches, found).label, address, locale=request.locale
        ),
        question=SlowQuestion(kind=QuestionKind.BALANCE, subject=address),
    )
