"""/pause and /unmute: pauses all alerts, and lifts mutes."""

from bot.dialog.choice import Choice, Option, ask_choice, ask_token, ask_wallet, mints_named
from bot.dialog.request import Reply, Request
from bot.parsing.labels import leading_tag, matching_watches
from bot.parsing.times import parse_span
from domain.errors import BadInput
from domain.rules.rules import Watch, distinguish
from messaging.telegram.escaping import plain
from messaging.telegram.keyboards.addresses import button_name
from messaging.telegram.keyboards.rules import pause_keyboard
from messaging.telegram.texts import mutes as mute_texts
from runtime import clock
from services.acts import mutes
from services.services import Services

_ALL = "all"


async def pause(request: Request, services: Services) -> Reply:
    """Stop all alerts for as long as the message says; without a time show the state and some times."""
    words = request.words.strip()
    chat_id = request.target.chat_id
    if words:
        return await _pause(request, services, words)
    until = (await services.rules.settings(chat_id)).paused_until
    is_paused = until is not None and until > clock.now()
    text = (
        mute_texts.paused(until, clock.now(), locale=request.locale)
        if is_paused
        else mute_texts.ask_pause(locale=request.locale)
    )
    return Reply(
        text=text, keyboard=pause_keyboard(services.callbacks, chat_id=chat_id, locale=request.locale)
    )


async def pause_callback(request: Request, services: Services) -> Reply:
    """Stop all alerts for the time of the button."""
    return await _pause(request, services, request.arguments[0])


async def unmute(request: Request, services: Services) -> Reply:
    """Unmute the wallet or token that the message names, or all; offer what is muted."""
    words = request.words.strip()
    if words.lower() == _ALL:
        await mutes.unmute_all(services, request.target)
        return Reply(text=mute_texts.all_unmuted(locale=request.locale), in_place=True)
    if not words:
        return await _offer(request, services)
    tag, _ = leading_tag(words)
    if tag:
        await mutes.mute_tag(services, request.target, tag, 0)
        return Reply(text=mute_texts.muted_tag(tag, None, clock.now(), locale=request.locale), in_place=True)
    watches = await services.watches.of(request.target)
    found = matching_watches(watches, words)
    if len(found) > 1:
        return await ask_wallet(request, services, found, among=watches)
    if found:
        await services.watches.mute(found[0], 0)
        return Reply(
            text=mute_texts.muted_wallet(
                distinguish(watches, found[0]), None, clock.now(), locale=request.locale
            ),
            in_place=True,
        )
    return await _unmute_token(request, services, words)


async def _pause(request: Request, services: Services, words: str) -> Reply:
    until = await mutes.pause(services, request.target, parse_span(words))
    keyboard = (
        None
        if until is None
        else pause_keyboard(
            services.callbacks, chat_id=request.target.chat_id, is_paused=True, locale=request.locale
        )
    )
    return Reply(
        text=mute_texts.paused(until, clock.now(), locale=request.locale), keyboard=keyboard, in_place=True
    )


async def _unmute_token(request: Request, services: Services, words: str) -> Reply:
    mints = await mints_named(request, services, words)
    muted = (await services.rules.settings(request.target.chat_id)).muted_tokens
    mints = [mint for mint in mints if mutes.coin_of(mint) in muted] or mints
    if not mints:
        raise BadInput(mute_texts.nothing_called(words, locale=request.locale))
    if len(mints) > 1:
        return await ask_token(request, services, words, mints)
    await mutes.mute_token(services, request.target, mints[0], 0)
    name = await services.alert_history.token_name(mints[0], locale=request.locale)
    return Reply(
        text=mute_texts.muted_token(name, mints[0], None, clock.now(), locale=request.locale), in_place=True
    )


async def _offer(request: Request, services: Services) -> Reply:
    """A button for everything that is muted now; one thing alone is unmuted at once."""
    settings, now = await services.rules.settings(request.target.chat_id), clock.now()
    is_paused = settings.paused_until is not None and settings.paused_until > now
    wallets = await mutes.muted_wallets(services, request.target)
    mints = [mint for mint, until in settings.muted_tokens.items() if until > now]
    tags = [f"#{tag}" for tag, until in settings.muted_tags.items() if until > now]
    if not is_paused and not wallets and not mints and not tags:
        return Reply(text=mute_texts.nothing_muted(locale=request.locale))
    options = [Option(value=_ALL, name=request.locale.gettext("🔔 Everything")), *_wallet_options(wallets)]
    options += [Option(value=tag, name=tag) for tag in tags]
    for mint in mints:
        name = plain(await services.alert_history.token_name(mint, locale=request.locale))
        options.append(Option(value=mint, name=name))
    question = mute_texts.ask_unmute(is_paused=is_paused, locale=request.locale)
    choice = Choice(command="unmute", options=tuple(options))
    return await ask_choice(request, services, question, choice)


def _wallet_options(wallets: list[Watch]) -> list[Option]:
    return [Option(value=watch.wallet, name=button_name(distinguish(wallets, watch))) for watch in wallets]
