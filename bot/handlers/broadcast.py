"""/broadcast and its buttons: preview, confirm, progress, stop, go on; for operators."""

from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.services.services import Desk
from messaging.telegram.keyboards.queues import preview_keyboard, progress_keyboard
from messaging.telegram.texts import broadcast as texts


async def broadcast(request: Request, desk: Desk) -> Reply:
    """Show how a text would look and to how many it would go; without a text, how far the last one is."""
    words = request.words.strip()
    if not words:
        return await _progress(request, desk, None, in_place=False)
    if len(words) > texts.MOST_CHARACTERS:
        return Reply(text=texts.too_long())
    text = texts.body(words)
    number, chats = await desk.megaphone.draft(text, by=request.user_id)
    keyboard = preview_keyboard(
        desk.callbacks, number, chats, chat_id=request.place.chat_id, user_id=request.user_id
    )
    return Reply(text=texts.preview(text, chats), keyboard=keyboard)


async def broadcast_tapped(request: Request, desk: Desk) -> Reply:
    """Do what the button says, and show how far it is."""
    action, number = request.arguments[0], int(request.arguments[1])
    if action == "cancel":
        return Reply(text=texts.cancelled(), in_place=True)
    if action == "start":
        await desk.megaphone.start(number)
    if action == "stop":
        await desk.megaphone.stop(number)
    if action != "show":
        await desk.audit.note(
            "broadcast",
            "done",
            actor_id=request.user_id,
            chat_id=request.place.chat_id,
            about=f"{action} {number}",
        )
    return await _progress(request, desk, number, in_place=True)


async def _progress(request: Request, desk: Desk, number: int | None, *, in_place: bool) -> Reply:
    found = await desk.megaphone.progress(number)
    if found is None:
        return Reply(text=texts.no_such() if number is not None else texts.usage(), in_place=in_place)
    keyboard = progress_keyboard(
        desk.callbacks,
        found.broadcast_id,
        found.state,
        chat_id=request.place.chat_id,
        user_id=request.user_id,
    )
    text = texts.progress(
        number=found.broadcast_id,
        state=found.state,
        total=found.total,
        sent=found.sent,
        dead=found.dead,
        unknown=found.unknown,
    )
    return Reply(text=text, keyboard=keyboard, in_place=in_place)
