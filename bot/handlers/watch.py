"""/watch, the button Follow, and the address that was asked for: a place follows a wallet."""

from bot.dialog.awaited_input import Awaiting, ask_back
from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.parsing.labels import look_alike, parse_label
from bot.services.ports import Account
from bot.services.services import Desk
from chain.rpc.accounts import AccountKind
from domain.activity.addresses import parse_address
from domain.errors import BadInput
from domain.rules.watches import MAX_WATCHES_PER_CHAT, Watch
from messaging.telegram.keyboards.start import owner_keyboard, scan_keyboard
from messaging.telegram.keyboards.watches import named_keyboard
from messaging.telegram.texts import watches as texts


async def watch(request: Request, desk: Desk) -> Reply:
    """Follow the address in the message, under the name behind it; ask for it where there is none."""
    address, _, name = request.words.strip().partition(" ")
    if not address:
        return await ask_back(request, desk, Awaiting.WATCH, texts.ask_address("follow"))
    return await _follow(request, desk, parse_address(address), parse_label(name))


async def follow_tapped(request: Request, desk: Desk) -> Reply:
    """Follow the address of a button; an example whale has its name already."""
    address = parse_address(request.arguments[0])
    label = next((label for label, known in desk.examples if known == address), "")
    return await _follow(request, desk, address, label)


async def _follow(request: Request, desk: Desk, address: str, label: str) -> Reply:
    account = await desk.accounts.kind(address)
    refusal = _refusal(request, desk, address, account)
    if refusal is not None:
        return refusal
    before = await desk.watches.of(request.place)
    if len(before) >= MAX_WATCHES_PER_CHAT and all(watch.wallet != address for watch in before):
        raise BadInput(texts.too_many())
    await desk.chats.open(request.place)
    is_new = await desk.watches.follow(request.place, address, label, by=request.user_id)
    followed = next(watch for watch in await desk.watches.of(request.place) if watch.wallet == address)
    return _confirmation(request, desk, followed, account, _News(is_new, look_alike(before, address)))


class _News:
    """What was new about a watch."""

    def __init__(self, is_new: bool, resembles: Watch | None) -> None:  # noqa: FBT001 - one caller
        self.is_new = is_new
        self.resembles = resembles


def _confirmation(request: Request, desk: Desk, watch: Watch, account: Account, news: _News) -> Reply:
    text = texts.followed(watch, is_new=news.is_new, resembles=news.resembles)
    unchecked = texts.not_checked() if account.kind is None else ""
    keyboard = named_keyboard(desk.callbacks, watch, chat_id=request.place.chat_id)
    return Reply(text=text + unchecked, keyboard=keyboard)


def _refusal(request: Request, desk: Desk, address: str, account: Account) -> Reply | None:
    """Why this address is not followed, and what to do instead; None: it may be followed."""
    chat_id = request.place.chat_id
    if account.kind is AccountKind.PROGRAM:
        return Reply(text=texts.is_program())
    if account.kind is AccountKind.MINT:
        return Reply(
            text=texts.is_mint(address), keyboard=scan_keyboard(desk.callbacks, address, chat_id=chat_id)
        )
    if account.kind is not AccountKind.TOKEN_ACCOUNT:
        return None
    if account.owner is None:
        return Reply(text=texts.token_account_unowned())
    return Reply(
        text=texts.belongs_to(account.owner),
        keyboard=owner_keyboard(desk.callbacks, account.owner, chat_id=chat_id),
    )
