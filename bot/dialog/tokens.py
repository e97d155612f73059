"""Tokens as people name them: by mint, link, or symbol among well-known ones and those the chat saw."""

from bot.dialog.choice import Choice, Option, ask_choice
from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.services.services import Services
from domain.activity.activity import SOL, WRAPPED_SOL
from domain.activity.addresses import addresses_in
from messaging.telegram.texts.choice import which_token
from messaging.telegram.well_known_tokens import mint_of


async def mints_named(request: Request, services: Services, word: str) -> list[str]:
    """The mints that a word stands for: the well-known token first, then those in recent alerts."""
    if found := addresses_in(word):
        return found[:1]
    symbol = word.strip().removeprefix("$")
    known = mint_of(services.chain, symbol)
    lately = await services.alert_history.mints_called(request.target, symbol) if symbol else []
    mints = [*([known] if known else []), *lately]
    return list(dict.fromkeys(WRAPPED_SOL if mint == SOL else mint for mint in mints))


async def ask_token(
    request: Request, services: Services, symbol: str, mints: list[str], *, before: str = "", after: str = ""
) -> Reply:
    """Ask which of several tokens is meant, and carry on with the command.

    Args:
        request: the command.
        services: keep the choice.
        symbol: what the person wrote.
        mints: the tokens that bear it.
        before: the command's words before the symbol.
        after: those after it.
    """
    options = tuple(Option(value=mint, name=mint) for mint in mints)
    choice = Choice(command=request.command, before=before, after=after, options=options)
    return await ask_choice(request, services, which_token(symbol), choice)
