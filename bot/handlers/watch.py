"""/watch, the button Follow, and the answer to the question for an address: a chat follows a wallet."""

from bot.dialog.awaited_input import Awaiting, ask_back
from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.parsing.labels import look_alike, parse_label
from bot.services.accounts import Account
from bot.services.services import Services
from chain.rpc.accounts import AccountKind
from domain.activity.addresses import parse_address
from domain.errors import BadInput
from domain.rules.watches import MAX_WATCHES_PER_CHAT
from messaging.telegram.keyboards.start import owner_keyboard, search_keyboard
from messaging.telegram.keyboards.watches import named_keyboard
from messaging.telegram.texts import watches as texts


async def watch(request: Request, services: Services) -> Reply:
    """Follow the address in the message under the name after it; without an address ask for one."""
    address, _, name = request.words.strip().partition(" ")
    if not address:
        return await ask_back(request, services, Awaiting.WATCH, texts.ask_address("follow"))
    return await _follow(request, services, parse_address(address), parse_label(name))


async def follow_callback(request: Request, services: Services) -> Reply:
    """Follow the address of a button; an example whale has its name already."""
    address = parse_address(request.arguments[0])
    label = next((label for label, known in services.examples if known == address), "")
    return await _follow(request, services, address, label)


async def _follow(request: Request, services: Services, address: str, label: str) -> Reply:
    account = await services.accounts.kind(address)
    refusal = _refusal(request, services, address, account)
    if refusal is not None:
        return refusal
    before = await services.watches.of(request.target)
    if len(before) >= MAX_WATCHES_PER_CHAT and all(watch.wallet != address for watch in before):
        raise BadInput(texts.too_many())
    await services.chats.open(request.target)
    is_new = await services.watches.follow(request.target, address, label, by=request.user_id)
    followed = next(watch for watch in await services.watches.of(request.target) if watch.wallet == address)
    text = texts.followed(followed, is_new=is_new, resembles=look_alike(before, address))
    unchecked = texts.not_checked() if account.kind is None else ""
    keyboard = named_keyboard(services.callbacks, followed, chat_id=request.target.chat_id)
    return Reply(text=text + unchecked, keyboard=keyboard)


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
