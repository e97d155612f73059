"""The question which followed wallet is meant: a button for each, told apart by address."""

from collections.abc import Sequence

from bot.dialog.choice import Choice, Option, ask_choice
from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.services.services import Services
from domain.rules.watches import Watch, distinguish
from messaging.telegram.keyboards.watches import button_name
from messaging.telegram.texts.choice import which_wallet


async def ask_wallet(
    request: Request,
    services: Services,
    found: Sequence[Watch],
    *,
    among: Sequence[Watch],
    question: str = "",
    after: str = "",
) -> Reply:
    """Ask which wallet is meant, and carry on with the command.

    Args:
        request: the command.
        services: keep the choice.
        found: the wallets to choose from.
        among: all wallets of the chat.
        question: Telegram HTML; empty: that they bear one name.
        after: the command's words after the wallet.
    """
    options = tuple(
        Option(value=watch.wallet, name=button_name(distinguish(among, watch))) for watch in found
    )
    choice = Choice(command=request.command, after=after, options=options)
    return await ask_choice(request, services, question or which_wallet(found[0].label), choice)
