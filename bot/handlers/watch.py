"""/watch, the button Follow, and the answer to the question for an address: a chat follows wallets."""

from dataclasses import replace

from telegram import InlineKeyboardMarkup

from bot.dialog.awaited_input import Awaiting, ask_back
from bot.dialog.request import Reply, Request
from bot.parsing.labels import MAX_WALLETS, PastedWallet, look_alike, parse_label, pasted_wallets
from chain.rpc.accounts import AccountKind
from domain.activity.addresses import parse_address
from domain.errors import BadInput
from domain.rules.rules import Watch, namesakes
from messaging.telegram.keyboards.watches import (
    follow_ticked,
    named_keyboard,
    owner_keyboard,
    search_keyboard,
)
from messaging.telegram.texts import watches as texts
from services.accounts import Account
from services.services import Services


async def watch(request: Request, services: Services) -> Reply:
    """Follow the addresses in the message under the names beside them; without an address ask for one."""
    if not request.words.strip():
        return await ask_back(request, services, Awaiting.WATCH, texts.ask_address())
    wallets = pasted_wallets(request.words)
    if len(wallets) > 1:
        return await _follow_all(request, services, wallets)
    address = parse_address(request.words)
    return await _follow(request, services, address, parse_label(wallets[0].name))


async def follow_callback(request: Request, services: Services) -> Reply:
    """Follow the address of a button; an example whale has its name already."""
    address = parse_address(request.arguments[0])
    label = next((label for label, known in services.examples if known == address), "")
    return replace(
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
    account = await services.accounts.kind(address)
    refusal = _refusal(request, services, address, account)
    if refusal is not None:
        return refusal
    before = await services.watches.of(request.target)
    known = next((watch for watch in before if watch.wallet == address), None)
    limit = await services.people.watch_limit(request.target.chat_id)
    if known is None and len(before) >= limit:
        raise BadInput(texts.too_many(limit))
    followed = await _store(request, services, address, label)
    text = texts.followed(
        followed,
        is_new=known is None,
        resembles=look_alike(before, address),
        old_label=known.label if known is not None and known.label != followed.label else None,
        namesakes=namesakes(before, followed),
    )
    unchecked = texts.not_checked() if account.kind is None else ""
    keyboard = named_keyboard(services.callbacks, followed, chat_id=request.target.chat_id)
    return Reply(text=text + unchecked, keyboard=keyboard)


async def _store(request: Request, services: Services, address: str, label: str) -> Watch:
    await services.chats.open(request.target)
    await services.watches.follow(request.target, address, label, by=request.user_id)
    return next(watch for watch in await services.watches.of(request.target) if watch.wallet == address)


async def _follow_all(request: Request, services: Services, wallets: list[PastedWallet]) -> Reply:
    """Follow each wallet of a list that can be followed, and say which could not.

    Raises:
        BadInput: they are too many, or a name cannot be used.
    """
    if len(wallets) > MAX_WALLETS:
        raise BadInput(texts.too_many_at_once(MAX_WALLETS))
    labels = {wallet.address: parse_label(wallet.name) for wallet in wallets}
    accounts = await services.accounts.kinds(list(labels))
    before = {watch.wallet for watch in await services.watches.of(request.target)}
    limit = await services.people.watch_limit(request.target.chat_id)
    new: list[Watch] = []
    refused: list[tuple[str, str]] = []
    for address, label in labels.items():
        reason = texts.reason_not_followed(accounts[address].kind)
        if reason or (address not in before and len(before) + len(new) >= limit):
            refused.append((address, reason or texts.limit_reached(limit)))
            continue
        followed = await _store(request, services, address, label)
        if address not in before:
            new.append(followed)
    return Reply(text=texts.followed_many(new, len(labels) - len(new) - len(refused), refused))


def _refusal(request: Request, services: Services, address: str, account: Account) -> Reply | None:
    """Why this address is not followed, and what to do instead; None: it may be followed."""
    chat_id = request.target.chat_id
    if account.kind is AccountKind.PROGRAM:
        return Reply(text=texts.is_program())
    if account.kind is AccountKind.MINT:
        return Reply(
            text=texts.is_mint(address),
            keyboard=search_keyboard(services.callbacks, address, chat_id=chat_id),
        )
    if account.kind is not AccountKind.TOKEN_ACCOUNT:
        return None
    if account.owner is None:
        return Reply(text=texts.token_account_unowned())
    return Reply(
        text=texts.belongs_to(account.owner),
        keyboard=owner_keyboard(services.callbacks, account.owner, chat_id=chat_id),
    )
