"""/balance, the button Balance, and the address that was asked for: a worker reads what a wallet holds."""

from bot.asking import Awaiting, ask_back
from bot.desk import Desk
from bot.naming import meant
from bot.reply import Ask, Reply
from bot.request import Request
from domain.addresses import parse_address
from domain.jobs import Queue
from messaging.texts import watches as texts


async def balance(request: Request, desk: Desk) -> Reply:
    """Read the wallet that the message names by address or by its name here."""
    name = request.words.strip()
    if not name:
        return await ask_back(request, desk, Awaiting.BALANCE, texts.ask_address("look into"))
    return await _read(request, desk, name)


async def balance_tapped(request: Request, desk: Desk) -> Reply:
    """Read the wallet of the button."""
    return await _read(request, desk, request.arguments[0])


async def _read(request: Request, desk: Desk, name: str) -> Reply:
    found = meant(await desk.watches.of(request.place), name)
    address = found[0].wallet if found else parse_address(name)
    await desk.chats.open(request.place)
    return Reply(
        text=texts.reading_balance(found[0].label if found else "", address),
        ask=Ask(queue=Queue.BALANCE_CHECK, subject=address),
    )
