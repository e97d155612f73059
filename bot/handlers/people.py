"""/user, /tier, /ban, /unban, /audit: for operators."""

from bot.dialog.group_payers import unpaid_group_texts
from bot.dialog.request import OtherMessage, Reply, Request
from domain.activity.addresses import is_address
from domain.chats import ChatKind, ChatTarget
from domain.people import Act
from messaging.telegram.texts import queues as texts
from runtime import clock
from services.acts import payers
from services.acts.languages import locale_of_chat
from services.services import Services

MAX_ACTS = 20
_MAX_ID = 2**53


async def user(request: Request, services: Services) -> Reply:
    """Show one person or group."""
    number, _ = _id_and_rest(request.words)
    if number is None:
        return Reply(text=texts.id_usage("user"))
    file, ban = await services.people.file(number), await services.people.ban_of(number)
    if file is None:
        return Reply(text=texts.banned(number, ban.reason) if ban is not None else texts.unknown_person())
    return Reply(
        text=texts.person_text(
            file,
            tier=await services.people.tier(number),
            ban_reason=None if ban is None else ban.reason,
            now=clock.now(),
        )
    )


async def tier(request: Request, services: Services) -> Reply:
    """Give a person or a group a tier, and with it its limits; the chat reads it."""
    number, wanted = _id_and_rest(request.words)
    name, rows = wanted.lower(), services.people.tiers.rows()
    if number is None or name not in {row.name for row in rows}:
        return Reply(text=texts.tier_usage(rows))
    before = await services.people.set_tier(number, name)
    if before is None:
        return Reply(text=texts.unknown_person())
    await _note(request, services, "tier", f"{number}: {before} -> {name}")
    used = await services.people.limits_used(number)
    locale = await locale_of_chat(services, number)
    announced = OtherMessage(
        target=_chat(number), text=texts.tier_changed(used.tier, used.paused, locale=locale)
    )
    text = texts.tier_set(number, used.tier, before=before, paused=used.paused)
    return Reply(text=text, others=(announced,) if before != name else ())


async def ban(request: Request, services: Services) -> Reply:
    """Ban a person or a wallet, for a reason."""
    number, reason = _id_and_rest(request.words)
    address, _, why = request.words.strip().partition(" ")
    if is_address(address) and why.strip():
        return await _ban_wallet(request, services, address, " ".join(why.split())[:200])
    if number is None or not reason:
        return Reply(text=texts.id_usage("ban"))
    if number in services.operators:
        return Reply(text=texts.operators_stay())
    await services.people.ban(number, reason[:200], by=request.user_id)
    silent = await payers.give_up(services, number)
    await _note(request, services, "ban", f"{number}: {reason[:200]}")
    return Reply(
        text=texts.banned(number, reason), others=unpaid_group_texts(services, silent, locale=request.locale)
    )


async def _ban_wallet(request: Request, services: Services, address: str, reason: str) -> Reply:
    followers = await services.people.ban_wallet(services.chain, address, reason, by=request.user_id)
    await _note(request, services, "ban", f"{address}: {reason}")
    return Reply(text=texts.wallet_banned(address, followers))


async def unban(request: Request, services: Services) -> Reply:
    """Unban a person or a wallet."""
    number, _ = _id_and_rest(request.words)
    if is_address(address := request.words.strip()):
        was_banned = await services.people.unban_wallet(services.chain, address)
        await _note(request, services, "unban", address)
        return Reply(text=texts.wallet_unbanned(address, was_banned=was_banned))
    if number is None:
        return Reply(text=texts.id_usage("unban"))
    was_banned = await services.people.unban(number)
    await _note(request, services, "unban", str(number))
    return Reply(text=texts.unbanned(number, was_banned=was_banned))


async def audit(request: Request, services: Services) -> Reply:
    """Show the latest acts, of one person or of all."""
    number, _ = _id_and_rest(request.words)
    acts = await services.audit.latest(actor_id=number, limit=MAX_ACTS)
    return Reply(text=texts.audit_text(acts, clock.now()))


async def _note(request: Request, services: Services, act: str, about: str) -> None:
    await services.audit.note(
        Act(
            update_id=request.update_id,
            actor_id=request.user_id,
            chat_id=request.target.chat_id,
            act=act,
            about=about,
        )
    )


def _chat(chat_id: int) -> ChatTarget:
    return ChatTarget(chat_id=chat_id, kind=ChatKind.PRIVATE if chat_id > 0 else ChatKind.SUPERGROUP)


def _id_and_rest(words: str) -> tuple[int | None, str]:
    first, _, rest = words.strip().partition(" ")
    digits = first.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or int(digits[:20]) > _MAX_ID:
        return None, rest
    return int(first), " ".join(rest.split())
