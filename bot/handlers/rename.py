"""/rename, the button Rename, and the answer to the question for a name."""

from dataclasses import replace

from bot.dialog.awaited_input import Awaiting, ask_follow_up
from bot.dialog.choice import ask_wallet
from bot.dialog.request import Reply, Request
from bot.parsing.labels import leading_name, parse_label
from domain.errors import BadInput
from domain.rules.rules import Watch, namesakes
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.texts import watches as texts
from services.services import Services


async def rename(request: Request, services: Services) -> Reply:
    """Rename the wallet that the message begins with; ask for what is missing."""
    watches = await services.watches.of(request.target)
    if not watches:
        return Reply(text=texts.nothing_followed(is_private=request.target.is_private, locale=request.locale))
    found, label = leading_name(watches, request.words)
    if not request.words:
        return await ask_wallet(
            request,
            services,
            watches,
            among=watches,
            question=texts.ask_which("rename", locale=request.locale),
        )
    if len(found) > 1:
        return await ask_wallet(request, services, found, among=watches, after=label)
    if not found:
        return Reply(text=texts.not_followed(request.words[:40], locale=request.locale))
    if not label:
        return await _ask(request, services, found[0])
    return await _named(services, watches, found[0], label, locale=request.locale)


async def name_callback(request: Request, services: Services) -> Reply:
    """Ask for the name of the wallet of the button."""
    watch = await services.watches.by_id(int(request.arguments[0]), chat_id=request.target.chat_id)
    return (
        Reply(note=texts.gone(locale=request.locale))
        if watch is None
        else await _ask(request, services, watch)
    )


async def label_answer(request: Request, services: Services) -> Reply:
    """Take the message as the name."""
    watch = await services.watches.by_id(int(request.about), chat_id=request.target.chat_id)
    if watch is None:
        return Reply(text=texts.gone(locale=request.locale))
    return await _named(
        services, await services.watches.of(request.target), watch, request.words, locale=request.locale
    )


async def _ask(request: Request, services: Services, watch: Watch) -> Reply:
    return await ask_follow_up(
        request,
        services,
        Awaiting.LABEL,
        texts.ask_label(watch, locale=request.locale),
        about=str(watch.watch_id),
    )


async def _named(
    services: Services, watches: list[Watch], watch: Watch, words: str, *, locale: Locale = ENGLISH
) -> Reply:
    label = parse_label(words)
    if not label:
        raise BadInput(texts.label_empty(locale=locale))
    if not await services.watches.rename(watch, label):
        return Reply(text=texts.gone(locale=locale))
    others = namesakes(watches, replace(watch, label=label))
    return Reply(text=texts.renamed(watch, label, namesakes=others, locale=locale))
