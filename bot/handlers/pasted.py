"""A pasted text with addresses, in a private chat: a token is scanned, a wallet offered to follow."""

from bot.dialog.choice import Choice, Option, ask_choice
from bot.dialog.request import Reply, Request, SlowQuestion
from bot.dialog.sol_names import offer_name
from bot.parsing.labels import leading_sol_name
from chain.rpc.accounts import AccountKind
from domain.activity.addresses import readable
from domain.jobs import QuestionKind
from domain.rules.rules import distinguish
from messaging.telegram.keyboards.addresses import address_keyboard, owner_keyboard
from messaging.telegram.keyboards.watches import followed_keyboard
from messaging.telegram.texts import refusals
from messaging.telegram.texts import watches as texts
from messaging.telegram.texts.help import switched_off
from services.services import Services
from services.wallet_lists import pasted_wallets


async def pasted(request: Request, services: Services) -> Reply:
    """Do or offer what fits the addresses in the text."""
    wallets = pasted_wallets(request.words)
    if len(wallets) > 1:
        return await _offer_all(request, services, len(wallets))
    address, chat_id = wallets[0].address, request.target.chat_id
    watches = await services.watches.of(request.target)
    known = next((watch for watch in watches if watch.wallet == address), None)
    if known is not None:
        keyboard = followed_keyboard(services.callbacks, known, chat_id=chat_id, locale=request.locale)
        return Reply(
            text=texts.pasted_followed(distinguish(watches, known), locale=request.locale), keyboard=keyboard
        )
    account = await services.accounts.kind(address)
    if account.kind is AccountKind.PROGRAM:
        return Reply(text=refusals.is_program(locale=request.locale))
    if account.kind is AccountKind.MINT:
        return await _scan(request, services, address)
    if account.kind is AccountKind.TOKEN_ACCOUNT and account.owner is not None:
        keyboard = owner_keyboard(services.callbacks, account.owner, chat_id=chat_id, locale=request.locale)
        return Reply(text=refusals.belongs_to(account.owner, locale=request.locale), keyboard=keyboard)
    keyboard = address_keyboard(
        services.callbacks,
        address,
        chat_id=chat_id,
        is_wallet=account.kind is not None,
        locale=request.locale,
    )
    return Reply(text=texts.pasted(address, locale=request.locale), keyboard=keyboard)


async def sol_name(request: Request, services: Services) -> Reply:
    """Offer to follow whom the name stands for that the text is."""
    name, _ = leading_sol_name(request.words)
    return await offer_name(request, services, name, "")


async def _scan(request: Request, services: Services, mint: str) -> Reply:
    """Scan it as /scan does, unless operators have switched that off."""
    until = await services.switches.off_until("scan")
    if until is not None and request.user_id not in services.operators:
        return Reply(text=switched_off("scan", until, locale=request.locale))
    await services.chats.open(request.target)
    question = SlowQuestion(kind=QuestionKind.SECURITY_SCAN, subject=mint)
    return Reply(text=texts.scanning(mint, locale=request.locale), question=question)


async def _offer_all(request: Request, services: Services, number: int) -> Reply:
    """Offer to follow the whole list, with the names in it."""
    button = request.locale.ngettext("🐋 Follow {number}", "🐋 Follow all {number}", number)
    option = Option(value=readable(request.words), name=button)
    choice = Choice(command="watch", options=(option,))
    return await ask_choice(request, services, texts.pasted_many(number, locale=request.locale), choice)
