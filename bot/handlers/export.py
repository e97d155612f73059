"""/export and its buttons: the wallets of a chat, their history, and the whales found, as a file."""

from bot.dialog.request import Document, Reply, Request
from domain.errors import BadInput
from messaging.telegram.keyboards.export import export_keyboard
from messaging.telegram.texts import export as texts
from services.acts import exports
from services.acts.exports import Exported, ExportForm
from services.services import Services


async def export(request: Request, services: Services) -> Reply:
    """Send the file that the words name; without words offer all.

    Raises:
        BadInput: they name none.
    """
    words = request.words.lower().split()
    if not words:
        keyboard = export_keyboard(services.callbacks, chat_id=request.target.chat_id, locale=request.locale)
        return Reply(text=texts.ask_what(locale=request.locale), keyboard=keyboard)
    what = next((word for word in words if word in set(Exported)), None)
    form = next((word for word in words if word in set(ExportForm)), ExportForm.CSV.value)
    if what is None:
        raise BadInput(texts.usage(locale=request.locale))
    return await _file(request, services, Exported(what), ExportForm(form))


async def export_callback(request: Request, services: Services) -> Reply:
    """Send the file of the button."""
    what, form = request.arguments
    return await _file(request, services, Exported(what), ExportForm(form))


async def _file(request: Request, services: Services, what: Exported, form: ExportForm) -> Reply:
    file = await exports.export(services, request.target, what, form)
    if not file.rows:
        return Reply(
            text=texts.nothing_to_export(locale=request.locale),
            note=texts.nothing_to_export(locale=request.locale),
        )
    caption = texts.caption(what.value, file.rows, locale=request.locale)
    return Reply(document=Document(name=file.name, content=file.content, caption=caption))
