"""/unwatch and the button Unfollow: a chat stops following a wallet."""

from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.parsing.labels import matching_watches
from bot.services.services import Services
from domain.activity.addresses import is_address
from messaging.telegram.keyboards.watches import DROP, choice_keyboard
from messaging.telegram.texts import watches as texts


async def unwatch(request: Request, services: Services) -> Reply:
    """Stop following the wallet that the message names; offer a choice if it is not exactly one."""
    watches = await services.watches.of(request.target)
    name = request.words.strip()
    found = matching_watches(watches, name) if name else watches
    if name and len(found) == 1:
        await services.watches.unfollow(found[0])
        return Reply(text=texts.unfollowed(found[0]))
    if not watches:
        return Reply(text=texts.nothing_followed())
    if not found:
        return Reply(text=texts.not_followed(_displayed(name)))
    question = texts.ambiguous(_displayed(name)) if name else texts.ask_which("unfollow")
    keyboard = choice_keyboard(services.callbacks, found, DROP, chat_id=request.target.chat_id)
    return Reply(text=question, keyboard=keyboard)


async def drop_callback(request: Request, services: Services) -> Reply:
    """Stop following the wallet of the button."""
    watch = await services.watches.by_id(int(request.arguments[0]), chat_id=request.target.chat_id)
    if watch is None or not await services.watches.unfollow(watch):
        return Reply(note=texts.gone())
    return Reply(text=texts.unfollowed(watch), in_place=True)


def _displayed(name: str) -> str:
    return name if is_address(name) else name[:40]
