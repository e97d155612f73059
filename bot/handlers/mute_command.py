"""/mute and its buttons: no alerts of a wallet or of a token, for a while or for good."""

from datetime import timedelta

from msgspec import structs

from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.parsing.labels import leading_name
from bot.parsing.rules import FOREVER_SECONDS, parse_duration
from bot.services.services import Services
from domain.activity.activity import SOL, WRAPPED_SOL
from domain.activity.addresses import is_address
from domain.errors import BadInput
from domain.rules.rules import FOREVER, MAX_TOKENS, ChatSettings
from domain.rules.watches import Watch
from messaging.telegram.escaping import escape
from messaging.telegram.keyboards.rules import MUTE_PICK, MUTE_TOKEN, MUTE_WALLET, mute_times, token_choice
from messaging.telegram.keyboards.watches import choice_keyboard
from messaging.telegram.names import wallet_name
from messaging.telegram.texts import rules as texts
from messaging.telegram.texts import watches as watch_texts
from messaging.telegram.well_known_tokens import mint_of
from runtime import clock


async def mute(request: Request, services: Services) -> Reply:
    """Mute what the message names for as long as it says; ask for what is missing."""
    watches = await services.watches.of(request.target)
    found, rest = leading_name(watches, request.words)
    if not found:
        return await _mute_other(request, services, watches)
    if len(found) > 1 or not rest:
        return _ask(request, services, found)
    seconds = parse_duration(rest)
    if seconds is None:
        raise BadInput(texts.mute_usage())
    return await _mute_wallet(services, found[0], seconds)


async def pick_wallet_callback(request: Request, services: Services) -> Reply:
    """Ask for how long to mute the wallet of the button."""
    watch = await services.watches.by_id(int(request.arguments[0]), chat_id=request.target.chat_id)
    return (
        Reply(note=watch_texts.gone()) if watch is None else _ask(request, services, [watch], in_place=True)
    )


async def mute_wallet_callback(request: Request, services: Services) -> Reply:
    """Mute the wallet of the button for its time."""
    watch = await services.watches.by_id(int(request.arguments[0]), chat_id=request.target.chat_id)
    if watch is None:
        return Reply(note=watch_texts.gone())
    return await _mute_wallet(services, watch, parse_duration(request.arguments[1]) or 0.0, in_place=True)


async def mute_token_callback(request: Request, services: Services) -> Reply:
    """Mute the token of the button for its time."""
    mint, duration = request.arguments
    return await _mute_token(request, services, mint, parse_duration(duration) or 0.0, in_place=True)


async def pick_token_callback(request: Request, services: Services) -> Reply:
    """Ask for how long to mute the token of the button."""
    return _ask_token(request, services, request.arguments[0], in_place=True)


async def _mute_other(request: Request, services: Services, watches: list[Watch]) -> Reply:
    """Mute a token, or say that the name is unknown."""
    named, _, rest = request.words.partition(" ")
    if not named and watches:
        keyboard = choice_keyboard(services.callbacks, watches, MUTE_PICK, chat_id=request.target.chat_id)
        return Reply(text=watch_texts.ask_which("mute"), keyboard=keyboard)
    mints = [named] if is_address(named) else await _mints_of_symbol(request, services, named)
    if not mints:
        return Reply(text=watch_texts.not_followed(named[:40]) if named else texts.mute_usage())
    if len(mints) > 1:
        keyboard = token_choice(services.callbacks, mints, chat_id=request.target.chat_id)
        return Reply(text=texts.ask_which_token(named[:40]), keyboard=keyboard)
    if not rest:
        return _ask_token(request, services, mints[0])
    return await _mute_for(request, services, mints[0], rest)


async def _mints_of_symbol(request: Request, services: Services, name: str) -> list[str]:
    """The tokens of that symbol: the well-known one, and those in recent alerts of the chat."""
    symbol = name.removeprefix("$")
    known = mint_of(services.chain, symbol)
    lately = await services.alert_history.mints_called(request.target, symbol) if symbol else []
    return list(dict.fromkeys([*([known] if known else []), *lately]))


def _ask_token(request: Request, services: Services, mint: str, *, in_place: bool = False) -> Reply:
    keyboard = mute_times(services.callbacks, MUTE_TOKEN, mint, chat_id=request.target.chat_id)
    about = f"the token {escape(mint)}"
    return Reply(text=texts.ask_how_long(about), keyboard=keyboard, in_place=in_place)


async def _mute_for(request: Request, services: Services, mint: str, rest: str) -> Reply:
    seconds = parse_duration(rest)
    return (
        Reply(text=texts.mute_usage())
        if seconds is None
        else await _mute_token(request, services, mint, seconds)
    )


def _ask(request: Request, services: Services, found: list[Watch], *, in_place: bool = False) -> Reply:
    chat_id = request.target.chat_id
    if len(found) > 1:
        keyboard = choice_keyboard(services.callbacks, found, MUTE_PICK, chat_id=chat_id)
        return Reply(text=watch_texts.ask_which("mute"), keyboard=keyboard)
    watch = found[0]
    keyboard = mute_times(services.callbacks, MUTE_WALLET, watch.watch_id, chat_id=chat_id)
    name = wallet_name(watch.label, watch.wallet)
    return Reply(text=texts.ask_how_long(name), keyboard=keyboard, in_place=in_place)


async def _mute_wallet(services: Services, watch: Watch, seconds: float, *, in_place: bool = False) -> Reply:
    until = await services.watches.mute(watch, seconds)
    if until is None:
        return Reply(note=watch_texts.gone()) if in_place else Reply(text=watch_texts.gone())
    return Reply(text=texts.muted_wallet(watch, until if seconds else None), in_place=in_place)


async def _mute_token(
    request: Request, services: Services, mint: str, seconds: float, *, in_place: bool = False
) -> Reply:
    now = clock.now()
    coin = SOL if mint == WRAPPED_SOL else mint
    until = FOREVER if seconds >= FOREVER_SECONDS else now + timedelta(seconds=seconds)

    def change(old: ChatSettings) -> ChatSettings:
        still = {other: end for other, end in old.muted_tokens.items() if end > now and other != coin}
        if seconds and len(still) >= MAX_TOKENS:
            raise BadInput(f"You may mute {MAX_TOKENS} tokens at a time.")
        return structs.replace(old, muted_tokens=still | ({coin: until} if seconds else {}))

    await services.rules.change_settings(request.target, change)
    return Reply(text=texts.muted_token(mint, until if seconds else None), in_place=in_place)
