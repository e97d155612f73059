"""The language in which a chat reads: as it has chosen, else that of who opened it."""

from msgspec import structs

from domain.chats import ChatTarget
from domain.rules.rules import ChatSettings
from messaging.languages.choice import language_for, locale_for
from messaging.languages.locale import Locale
from services.services import Services


async def locale_of_chat(services: Services, chat_id: int) -> Locale:
    """Return what a chat reads; English where it has not chosen."""
    return locale_for((await services.rules.settings(chat_id)).display)


async def speak(services: Services, target: ChatTarget, tag: str) -> Locale:
    """Let a chat read the language of who opens it, unless it has one; what it reads from now on.

    Args:
        services: keep it.
        target: the chat; nothing is kept of one that is not open.
        tag: of the client, an IETF tag such as `es-MX`; empty: not said.
    """
    found = await services.rules.settings(target.chat_id)
    language = language_for(tag)

    def change(old: ChatSettings) -> ChatSettings:
        if old.display.language:
            return old
        return structs.replace(old, display=structs.replace(old.display, language=language))

    if tag and not found.display.language:
        found = await services.rules.change_settings(target, change)
    return locale_for(found.display)
