"""/tag: files wallets under tags, for rules, mutes and lists."""

from bot.dialog.choice import ask_wallet
from bot.dialog.request import Reply, Request
from bot.parsing.labels import leading_name, leading_tag
from domain.errors import BadInput
from domain.rules.rules import MAX_TAG, MAX_TAGS, Watch, distinguish
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.texts import tags as texts
from messaging.telegram.texts import watches as watch_texts
from services.acts import tags
from services.services import Services


async def tag(request: Request, services: Services) -> Reply:
    """Change the tags of the wallet that the message names; without words list the tags of the chat."""
    watches = await services.watches.of(request.target)
    if not watches:
        return Reply(
            text=watch_texts.nothing_followed(is_private=request.target.is_private, locale=request.locale)
        )
    named, _ = leading_tag(request.words)
    if not request.words.strip() or named:
        return Reply(text=texts.tags(tags.counted_tags(watches), locale=request.locale))
    found, rest = leading_name(watches, request.words)
    if not found:
        return Reply(text=watch_texts.not_followed(request.words[:40], locale=request.locale))
    if len(found) > 1:
        return await ask_wallet(request, services, found, among=watches, after=rest)
    displayed = distinguish(watches, found[0])
    if not rest:
        return Reply(text=texts.tags_of(displayed, displayed.tags, locale=request.locale))
    return await _change(services, found[0], displayed, rest, locale=request.locale)


async def _change(
    services: Services, watch: Watch, displayed: Watch, words: str, *, locale: Locale = ENGLISH
) -> Reply:
    change = tags.read_change(words)
    if change.refused:
        raise BadInput(texts.bad_tag(change.refused[0], MAX_TAG, locale=locale))
    changed = await tags.change_tags(services, watch, change)
    if changed is None:
        raise BadInput(texts.too_many_tags(MAX_TAGS, locale=locale))
    return Reply(text=texts.tags_of(displayed, changed, locale=locale), in_place=True)
