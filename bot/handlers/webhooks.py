"""/webhooks: creates, tests and removes webhooks; in private chats, for groups as well."""

import re
from contextlib import suppress

from telegram import InlineKeyboardMarkup

from bot.dialog.request import Reply, Request
from domain.access import Caller, Scope
from domain.chats import ChatTarget
from domain.errors import BadInput, NotAllowed, NotFound
from domain.people import Act
from messaging.telegram.keyboards.webhooks import WebhookAct, delete_keyboard, webhooks_keyboard
from messaging.telegram.texts import webhooks as texts
from messaging.telegram.texts.web import only_in_private
from runtime import clock
from services.services import Services

_GROUP = re.compile(r"-\d{6,18}")


async def webhooks(request: Request, services: Services) -> Reply:
    """List the webhooks of a chat, or make one."""
    if not request.target.is_private:
        return Reply(text=only_in_private(locale=request.locale))
    words = request.words.split()
    group = words.pop(0) if words and _GROUP.fullmatch(words[0]) else ""
    target = await _target(request, services, int(group)) if group else request.target
    if not words:
        return await _list(request, services, target)
    made = await services.webhooks.make(target, owner_id=request.user_id, url=words[0])
    await _note(request, services, target, f"webhook {made.webhook.webhook_id} made")
    near = texts.near_limit(await services.webhooks.near_limit(target), locale=request.locale)
    return Reply(text=texts.webhook_made(made.webhook, made.secret, locale=request.locale) + near)


async def webhook_callback(request: Request, services: Services) -> Reply:
    """Carry out the button's action to a webhook."""
    act, number, chat_id = request.arguments
    target = await _target(request, services, int(chat_id))
    try:
        return await _act(request, services, target, WebhookAct(act), int(number))
    except NotFound as error:
        raise BadInput(str(error)) from error


async def _act(
    request: Request, services: Services, target: ChatTarget, act: WebhookAct, number: int
) -> Reply:
    store, locale = services.webhooks, request.locale
    if act is WebhookAct.TEST:
        await store.test(target, number)
        return Reply(text=texts.webhook_tried(number, locale=locale))
    if act is WebhookAct.ROTATE:
        rotated = await store.rotate(target, number)
        await _note(request, services, target, f"webhook {number} rotated")
        return Reply(text=texts.webhook_rotated(rotated.webhook, rotated.secret, locale=locale))
    if act is WebhookAct.ASK_DELETE:
        webhook = await store.one(target, number)
        markup = delete_keyboard(services.callbacks, webhook, chat_id=request.target.chat_id, locale=locale)
        return Reply(
            text=texts.delete_question(webhook, locale=locale),
            keyboard=InlineKeyboardMarkup.de_json({**markup}),
            in_place=True,
        )
    if act is WebhookAct.DELETE:
        with suppress(NotFound):
            await store.delete(target, number)
            await _note(request, services, target, f"webhook {number} deleted")
    elif act in {WebhookAct.ON, WebhookAct.OFF}:
        is_on = act is WebhookAct.ON
        await store.change(target, number, by=request.user_id, on=is_on)
        await _note(request, services, target, f"webhook {number} switched {'on' if is_on else 'off'}")
    return await _list(request, services, target, in_place=True)


async def _note(request: Request, services: Services, target: ChatTarget, act: str) -> None:
    """Enter the audit log, as changes over HTTP do."""
    await services.audit.note(
        Act(update_id=request.update_id, actor_id=request.user_id, chat_id=target.chat_id, act=act)
    )


async def _list(request: Request, services: Services, target: ChatTarget, *, in_place: bool = False) -> Reply:
    found = await services.webhooks.of(target)
    markup = webhooks_keyboard(
        services.callbacks, found, chat_id=request.target.chat_id, locale=request.locale
    )
    text = texts.webhooks_text(
        found, services.web_address, reader_id=request.user_id, now=clock.now(), locale=request.locale
    )
    keyboard = None if markup is None else InlineKeyboardMarkup.de_json({**markup})
    return Reply(text=text, keyboard=keyboard, in_place=in_place)


async def _target(request: Request, services: Services, chat_id: int) -> ChatTarget:
    """The chat whose webhooks are meant, if this person may change what it follows now."""
    target = request.target
    if chat_id != target.chat_id:
        known = await services.access.chat(chat_id)
        if known is None:
            raise BadInput("You are not in this chat.")
        target = known
    scopes = frozenset({Scope.READ, Scope.WRITE})
    caller = Caller(user_id=request.user_id, target=target, scopes=scopes)
    try:
        await services.access.allow(caller, Scope.WRITE)
    except NotAllowed as error:
        raise BadInput(str(error)) from error
    return target
