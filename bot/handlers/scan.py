"""/scan, the button Scan, and the answer to the question for a mint.

A recent scan is shown at once; otherwise a worker scans the token.
"""

from msgspec import structs

from bot.dialog.awaited_input import Awaiting, ask_follow_up
from bot.dialog.choice import ask_token, mints_named
from bot.dialog.request import Reply, Request, SlowQuestion
from domain.activity.addresses import parse_address
from domain.errors import BadInput
from domain.jobs import QuestionKind
from messaging.telegram.escaping import MAX_CHAIN_TEXT
from messaging.telegram.texts import watches as texts
from messaging.telegram.texts.choice import unknown_token
from messaging.telegram.texts.scan import CardTimes, scan_card
from runtime import clock
from services.services import Services
from storage.cache import MISSING


async def scan(request: Request, services: Services) -> Reply:
    """Scan the token that the message names, by mint, link or symbol."""
    named = request.words.strip()
    if not named:
        return await ask_follow_up(request, services, Awaiting.SCAN, texts.ask_mint(locale=request.locale))
    mints = await mints_named(request, services, named)
    if len(mints) > 1:
        return await ask_token(structs.replace(request, command="scan"), services, named, mints)
    if not mints and len(named) <= MAX_CHAIN_TEXT and named.isalnum():
        raise BadInput(unknown_token(named, locale=request.locale))
    return await _scan(request, services, mints[0] if mints else parse_address(named))


async def scan_callback(request: Request, services: Services) -> Reply:
    """Scan the mint of the button."""
    return await _scan(request, services, parse_address(request.arguments[0]))


async def _scan(request: Request, services: Services, mint: str) -> Reply:
    known = await services.scans.get(mint)
    if known is not MISSING and known.scan.is_token:
        times = CardTimes(read_at=known.read_at, now=clock.now(), earlier_at=known.earlier_at)
        return Reply(
            text=scan_card(
                known.scan, chain=services.chain, times=times, news=known.news, locale=request.locale
            )
        )
    await services.chats.open(request.target)
    return Reply(
        text=texts.scanning(mint, locale=request.locale),
        question=SlowQuestion(kind=QuestionKind.SECURITY_SCAN, subject=mint),
    )
