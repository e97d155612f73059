"""/deleteme: deletes everything kept of a chat, after its owner confirms."""

from bot.dialog.group_payers import unpaid_group_texts
from bot.dialog.request import Reply, Request
from messaging.telegram.keyboards.rules import forget_keyboard
from messaging.telegram.texts import rules as texts
from services.acts import payers
from services.services import Services


async def ask(request: Request, services: Services) -> Reply:
    """Ask for a confirmation."""
    keyboard = forget_keyboard(
        services.callbacks, chat_id=request.target.chat_id, user_id=request.user_id, locale=request.locale
    )
    return Reply(text=texts.ask_delete(locale=request.locale), keyboard=keyboard)


async def confirm_callback(request: Request, services: Services) -> Reply:
    """Delete everything if the person confirms."""
    if request.arguments[0] != "yes":
        return Reply(text=texts.kept(locale=request.locale), in_place=True)
    await services.sessions.forget(request.target.chat_id, request.user_id)
    silent = await payers.give_up(services, request.user_id) if request.target.is_private else ()
    await services.people.forget(request.target.chat_id)
    return Reply(
        text=texts.deleted(locale=request.locale),
        in_place=True,
        others=unpaid_group_texts(services, silent, locale=request.locale),
    )
