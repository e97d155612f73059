"""/broadcast and its buttons: preview, confirm, progress, stop, continue; for operators."""

from bot.dialog.request import Reply, Request
from domain.people import Act
from messaging.telegram.keyboards.queues import preview_keyboard, progress_keyboard
from messaging.telegram.texts import broadcasts as texts
from services.services import Services


async def broadcast(request: Request, services: Services) -> Reply:
    """Show a preview and the number of chats; without a text, the progress of the last broadcast."""
    words = request.words.strip()
    if not words:
        return await _progress(request, services, None, in_place=False)
    if len(words) > texts.MAX_CHARACTERS:
        return Reply(text=texts.too_long())
    text = texts.body(words)
    number, chats = await services.broadcasts.draft(text, by=request.user_id)
    await _note(request, services, f"draft {number}: {words}")
    keyboard = preview_keyboard(
        services.callbacks, number, chats, chat_id=request.target.chat_id, user_id=request.user_id
    )
    return Reply(text=texts.preview(text, chats), keyboard=keyboard)


async def broadcast_callback(request: Request, services: Services) -> Reply:
    """Carry out the button's action, and show the progress."""
    action, number = request.arguments[0], int(request.arguments[1])
    if action == "cancel":
        return Reply(text=texts.cancelled(), in_place=True)
    if action == "start":
        await services.broadcasts.start(number)
    if action == "stop":
        await services.broadcasts.stop(number)
    if action != "show":
        await _note(request, services, f"{action} {number}")
    return await _progress(request, services, number, in_place=True)


async def _progress(request: Request, services: Services, number: int | None, *, in_place: bool) -> Reply:
    found = await services.broadcasts.progress(number)
    if found is None:
        return Reply(text=texts.no_such() if number is not None else texts.usage(), in_place=in_place)
    keyboard = progress_keyboard(
        services.callbacks,
        found.broadcast_id,
        found.state,
        chat_id=request.target.chat_id,
        user_id=request.user_id,
    )
    return Reply(text=texts.progress(found), keyboard=keyboard, in_place=in_place)


async def _note(request: Request, services: Services, about: str) -> None:
    await services.audit.note(
        Act(
            update_id=request.update_id,
            actor_id=request.user_id,
            chat_id=request.target.chat_id,
            act="broadcast",
            about=about,
        )
    )
