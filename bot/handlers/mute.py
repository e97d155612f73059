"""/mute and its buttons, those under alerts included: mutes a wallet, a token or a tag.

For a while or forever; undone for a minute.
"""

from bot.dialog.choice import ask_token, ask_wallet, mints_named
from bot.dialog.request import Reply, Request
from bot.parsing.labels import leading_name, leading_tag
from bot.parsing.times import before_span, parse_span
from domain.activity.addresses import readable
from domain.errors import BadInput
from domain.rules.quiet import zone_of
from domain.rules.rules import Watch, distinguish
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.keyboards.choice import undo_keyboard
from messaging.telegram.keyboards.rules import MUTE_TAG, MUTE_TOKEN, MUTE_WALLET, mute_times, pause_keyboard
from messaging.telegram.keyboards.watches import mute_swapped
from messaging.telegram.names import wallet_name
from messaging.telegram.texts import mutes as mute_texts
from messaging.telegram.texts import watches as watch_texts
from runtime import clock
from services.acts import mutes, undo
from services.services import Services

_EVERYTHING = frozenset({"all", "everything"})
_LESS_SECONDS = 86_400.0


async def mute(request: Request, services: Services) -> Reply:
    """Mute what the message names for as long as it says; ask for what is missing."""
    watches = await services.watches.of(request.target)
    tag, span = leading_tag(request.words)
    if tag:
        return await _mute_tag(request, services, tag, span)
    found, rest = leading_name(watches, request.words)
    if not found:
        return await _mute_other(request, services, watches)
    if len(found) > 1:
        return await ask_wallet(request, services, found, among=watches, after=rest)
    if not rest:
        return _ask_wallet_time(request, services, distinguish(watches, found[0]))
    return await _mute_wallet(services, watches, found[0], parse_span(rest), locale=request.locale)


async def pick_wallet_callback(request: Request, services: Services) -> Reply:
    """Ask for how long to mute the wallet of the button."""
    watch = await services.watches.by_id(int(request.arguments[0]), chat_id=request.target.chat_id)
    if watch is None:
        return Reply(note=watch_texts.gone(locale=request.locale))
    displayed = distinguish(await services.watches.of(request.target), watch)
    return _ask_wallet_time(request, services, displayed)


async def mute_wallet_callback(request: Request, services: Services) -> Reply:
    """Mute the wallet of the button for its time."""
    watch = await services.watches.by_id(int(request.arguments[0]), chat_id=request.target.chat_id)
    if watch is None:
        return Reply(note=watch_texts.gone(locale=request.locale))
    watches = await services.watches.of(request.target)
    return await _mute_wallet(
        services, watches, watch, parse_span(request.arguments[1]), locale=request.locale
    )


async def mute_token_callback(request: Request, services: Services) -> Reply:
    """Mute the token of the button for its time."""
    mint, span = request.arguments
    return await _mute_token(request, services, mint, parse_span(span))


async def mute_tag_callback(request: Request, services: Services) -> Reply:
    """Mute the wallets that bear the tag of the button for its time."""
    tag, span = request.arguments
    return await _mute_tag(request, services, tag, span)


async def pick_token_callback(request: Request, services: Services) -> Reply:
    """Ask for how long to mute the token of the button."""
    return await _ask_token_time(request, services, request.arguments[0])


async def less_token_callback(request: Request, services: Services) -> Reply:
    """Mute the token of an alert for a day."""
    return await _mute_token(request, services, request.arguments[0], _LESS_SECONDS)


async def _mute_other(request: Request, services: Services, watches: list[Watch]) -> Reply:
    """Mute everything or a token, or say that the name is unknown."""
    named, _, rest = readable(request.words).strip().partition(" ")
    if not named and watches:
        question = watch_texts.ask_which("mute", locale=request.locale)
        return await ask_wallet(request, services, watches, among=watches, question=question)
    if named.lower() in _EVERYTHING:
        return await _pause(request, services, rest)
    mints = await mints_named(request, services, named) if named else []
    if not mints:
        return await _unknown(request, services)
    if len(mints) > 1:
        return await ask_token(request, services, named, mints, after=rest)
    if not rest:
        return await _ask_token_time(request, services, mints[0])
    return await _mute_token(request, services, mints[0], parse_span(rest))


async def _unknown(request: Request, services: Services) -> Reply:
    """The words name neither a wallet nor a token: they are a time for all, or not understood."""
    words = request.words.strip()
    if not words:
        raise BadInput(mute_texts.mute_usage(locale=request.locale))
    try:
        parse_span(words)
    except BadInput:
        named = before_span(words)
        raise BadInput(mute_texts.nothing_called(named, locale=request.locale)) from None
    return await _pause(request, services, words)


async def _pause(request: Request, services: Services, span: str) -> Reply:
    chat_id = request.target.chat_id
    if not span:
        return Reply(
            text=mute_texts.ask_pause(locale=request.locale),
            keyboard=pause_keyboard(services.callbacks, chat_id=chat_id, locale=request.locale),
        )
    until = await mutes.pause(services, request.target, parse_span(span))
    return Reply(text=mute_texts.paused(until, clock.now(), locale=request.locale))


def _ask_wallet_time(request: Request, services: Services, watch: Watch) -> Reply:
    keyboard = mute_times(
        services.callbacks, MUTE_WALLET, watch.watch_id, chat_id=request.target.chat_id, locale=request.locale
    )
    name = wallet_name(watch.label, watch.wallet)
    return Reply(text=mute_texts.ask_how_long(name, locale=request.locale), keyboard=keyboard, in_place=True)


async def _ask_token_time(request: Request, services: Services, mint: str) -> Reply:
    keyboard = mute_times(
        services.callbacks, MUTE_TOKEN, mint, chat_id=request.target.chat_id, locale=request.locale
    )
    name = await services.alert_history.token_name(mint, locale=request.locale)
    return Reply(text=mute_texts.ask_how_long(name, locale=request.locale), keyboard=keyboard, in_place=True)


async def _mute_wallet(
    services: Services, watches: list[Watch], watch: Watch, seconds: float, *, locale: Locale = ENGLISH
) -> Reply:
    until = await services.watches.mute(watch, seconds)
    if until is None:
        return Reply(text=watch_texts.gone(locale=locale))
    before = undo.WalletMute(watch_id=watch.watch_id, until=watch.muted_until)
    key = await undo.keep(services, watch.chat_id, before)
    text = mute_texts.muted_wallet(
        distinguish(watches, watch), until if seconds else None, clock.now(), locale=locale
    )
    keyboard = undo_keyboard(services.callbacks, key, chat_id=watch.chat_id, locale=locale)
    return Reply(text=text, keyboard=keyboard, in_place=True)


async def _mute_token(request: Request, services: Services, mint: str, seconds: float) -> Reply:
    chat_id = request.target.chat_id
    before = (await services.rules.settings(chat_id)).muted_tokens.get(mutes.coin_of(mint))
    until = await mutes.mute_token(services, request.target, mint, seconds)
    key = await undo.keep(services, chat_id, undo.TokenMute(mint=mutes.coin_of(mint), until=before))
    text = mute_texts.muted_token(
        await services.alert_history.token_name(mint, locale=request.locale),
        mint,
        until,
        clock.now(),
        locale=request.locale,
    )
    keyboard = undo_keyboard(services.callbacks, key, chat_id=chat_id, locale=request.locale)
    return Reply(text=text, keyboard=keyboard, in_place=True)


async def _mute_tag(request: Request, services: Services, tag: str, span: str) -> Reply:
    """Mute the wallets that bear a tag; without a time ask for how long."""
    chat_id, name = request.target.chat_id, f"#{tag}"
    if not span:
        times = mute_times(services.callbacks, MUTE_TAG, tag, chat_id=chat_id, locale=request.locale)
        return Reply(text=mute_texts.ask_how_long(name, locale=request.locale), keyboard=times)
    before = (await services.rules.settings(chat_id)).muted_tags.get(tag)
    until = await mutes.mute_tag(services, request.target, tag, parse_span(span))
    key = await undo.keep(services, chat_id, undo.TagMute(name=tag, until=before))
    keyboard = undo_keyboard(services.callbacks, key, chat_id=chat_id, locale=request.locale)
    return Reply(
        text=mute_texts.muted_tag(tag, until, clock.now(), locale=request.locale),
        keyboard=keyboard,
        in_place=True,
    )


async def mute_callback(request: Request, services: Services) -> Reply:
    """Mute or unmute the watch of the button, and put the opposite button in its place."""
    watch_id, seconds = map(int, request.arguments)
    chat_id = request.target.chat_id
    watch = await services.watches.by_id(watch_id, chat_id=chat_id)
    until = None if watch is None else await services.watches.mute(watch, seconds)
    if watch is None or until is None:
        return Reply(note=watch_texts.gone(locale=request.locale))
    displayed = distinguish(await services.watches.of(request.target), watch)
    settings = await services.rules.settings(request.target.chat_id)
    note = (
        mute_texts.muted_note(displayed, until, zone=zone_of(settings.zone), locale=request.locale)
        if seconds
        else mute_texts.unmuted_note(displayed, locale=request.locale)
    )
    keyboard = request.buttons
    if keyboard is None:
        return Reply(note=note)
    swapped = mute_swapped(
        services.callbacks, keyboard, watch, chat_id=chat_id, muted=seconds > 0, locale=request.locale
    )
    return Reply(note=note, keyboard=swapped, in_place=True)
