"""/watch, the button Follow, and the answer to the question for an address: a chat follows wallets."""

from msgspec import structs
from telegram import InlineKeyboardMarkup

from bot.dialog.awaited_input import Awaiting, ask_follow_up
from bot.dialog.request import Reply, Request
from bot.dialog.sol_names import offer_name
from bot.parsing.labels import MAX_WALLETS, leading_sol_name, parse_label
from domain.activity.addresses import parse_address
from domain.errors import BadInput
from messaging.telegram.keyboards.addresses import follow_ticked, owner_keyboard, search_keyboard
from messaging.telegram.keyboards.watches import named_keyboard
from messaging.telegram.texts import refusals
from messaging.telegram.texts import watches as texts
from services.acts import following
from services.acts.following import Refusal, Refused
from services.services import Services
from services.wallet_lists import NamedWallet, pasted_wallets


async def watch(request: Request, services: Services) -> Reply:
    """Follow the addresses in the message under the names beside them; without an address ask for one."""
    if not request.words.strip():
        return await ask_follow_up(
            request, services, Awaiting.WATCH, texts.ask_address(locale=request.locale)
        )
    name, label = leading_sol_name(request.words)
    if name:
        return await offer_name(request, services, name, label)
    wallets = pasted_wallets(request.words)
    if len(wallets) > 1:
        return await _follow_all(request, services, wallets)
    address = parse_address(request.words)
    return await _follow(request, services, address, parse_label(wallets[0].name))


async def follow_callback(request: Request, services: Services) -> Reply:
    """Follow the address of a button; an example whale has its name already."""
    address = parse_address(request.arguments[0])
    label = next((label for label, known in services.examples if known == address), "")
    return structs.replace(
        await _follow(request, services, address, label), pressed=await _ticked(request, services, address)
    )


async def _ticked(request: Request, services: Services, address: str) -> InlineKeyboardMarkup | None:
    """The pressed buttons with a tick at the wallet that is followed now; None: nothing changes."""
    watches = await services.watches.of(request.target)
    if request.buttons is None or address not in {watch.wallet for watch in watches}:
        return None
    ticked = follow_ticked(
        services.callbacks, request.buttons, address, chat_id=request.target.chat_id, watches=watches
    )
    return None if ticked == request.buttons else ticked


async def _follow(request: Request, services: Services, address: str, label: str) -> Reply:
    wallet = NamedWallet(address=address, name=label)
    done = await following.follow(services, request.target, wallet, by=request.user_id)
    if isinstance(done, Refused):
        return _refusal(request, services, done)
    text = texts.followed(
        done.watch,
        is_new=done.is_new,
        resembles=done.resembles,
        old_label=done.old_label,
        namesakes=done.namesakes,
        locale=request.locale,
    )
    unchecked = "" if done.is_checked else refusals.not_checked(locale=request.locale)
    near = refusals.near_limit(done.near, locale=request.locale)
    until = await services.watches.busy_until(done.watch) if done.is_new else None
    busy = refusals.busy_now(done.watch.settings.busy_above, until, locale=request.locale)
    keyboard = named_keyboard(
        services.callbacks, done.watch, chat_id=request.target.chat_id, locale=request.locale
    )
    return Reply(text=text + busy + near + unchecked, keyboard=keyboard)


async def _follow_all(request: Request, services: Services, wallets: list[NamedWallet]) -> Reply:
    """Follow each wallet of a list that can be followed, and say which could not.

    Raises:
        BadInput: they are too many, or a name cannot be used.
    """
    if len(wallets) > MAX_WALLETS:
        raise BadInput(refusals.too_many_at_once(MAX_WALLETS, locale=request.locale))
    named = [NamedWallet(address=one.address, name=parse_label(one.name)) for one in wallets]
    done = await following.follow_many(services, request.target, named, by=request.user_id)
    refused = [
        (one.address, refusals.reason_refused(one.reason, one.limit, locale=request.locale))
        for one in done.refused
    ]
    near = refusals.near_limit(done.near, locale=request.locale)
    return Reply(text=texts.followed_many(done.new, done.known, refused, locale=request.locale) + near)


def _refusal(request: Request, services: Services, refused: Refused) -> Reply:
    """Why this address is not followed, and what to do instead.

    Raises:
        BadInput: the chat follows as many as it may.
    """
    chat_id, address = request.target.chat_id, refused.address
    if refused.reason is Refusal.LIMIT:
        raise BadInput(refusals.too_many(refused.limit, locale=request.locale))
    if refused.reason is Refusal.BANNED:
        return Reply(text=refusals.is_banned(locale=request.locale))
    if refused.reason is Refusal.PROGRAM:
        return Reply(text=refusals.is_program(locale=request.locale))
    if refused.reason is Refusal.MINT:
        keyboard = search_keyboard(services.callbacks, address, chat_id=chat_id, locale=request.locale)
        return Reply(text=refusals.is_mint(address, locale=request.locale), keyboard=keyboard)
    if refused.owner is None:
        return Reply(text=refusals.token_account_unowned(locale=request.locale))
    keyboard = owner_keyboard(services.callbacks, refused.owner, chat_id=chat_id, locale=request.locale)
    return Reply(text=refusals.belongs_to(refused.owner, locale=request.locale), keyboard=keyboard)
