"""The buttons of a confirmation, /channel and its buttons, and Noise under an alert."""

from dataclasses import replace

from bot.dialog.request import OtherMessage, Reply, Request
from domain.access import Standing
from domain.errors import BadInput
from messaging.telegram.keyboards.groups import accept_keyboard, channels_keyboard
from messaging.telegram.texts import groups as texts
from messaging.telegram.texts.greetings import group_greeting
from messaging.telegram.texts.watches import gone
from runtime import clock
from services.acts import channels, crowd, groups
from services.acts.languages import speak
from services.services import Services


async def confirm_callback(request: Request, services: Services) -> Reply:
    """The button in the group was pressed after the confirmation."""
    del services
    return Reply(note=texts.confirmed_already(locale=request.locale))


async def accept_callback(request: Request, services: Services) -> Reply:
    """Let the bot speak in the group of the button, if the person is its admin now; too old: a new button."""
    number, made_at = map(int, request.arguments)
    group = await groups.chat_of(services, -number)
    now = int(clock.unix())
    if now - made_at > groups.CONFIRM_SECONDS:
        keyboard = accept_keyboard(
            services.callbacks, group.chat_id, user_id=request.user_id, made_at=now, locale=request.locale
        )
        return Reply(text=texts.expired(group.title, locale=request.locale), keyboard=keyboard, in_place=True)
    if not await groups.confirm(services, group, by=request.user_id):
        return Reply(text=texts.no_admin(group.title, locale=request.locale), in_place=True)
    followed = len(await services.watches.of(replace(group, topic_id=0)))
    await speak(services, group, request.locale.language)  # the admin chooses, until the group does
    greeting = OtherMessage(target=group, text=group_greeting(followed, locale=request.locale))
    return Reply(text=texts.confirmed(group.title, locale=request.locale), in_place=True, others=(greeting,))


async def channel(request: Request, services: Services) -> Reply:
    """Show the person's channels, or end that commands count for one.

    Raises:
        BadInput: it was asked in a group.
    """
    if not request.target.is_private:
        raise BadInput("Send this in your private chat with the bot.")
    if request.words.strip().lower() == "off":
        await channels.act_for(services, request.target, 0, by=request.user_id)
        return Reply(text=texts.acting_for_oneself(locale=request.locale))
    managed = await services.chats.managed_channels(request.user_id)
    current = (await services.rules.settings(request.target.chat_id)).acts_for
    title = next((one.title for one in managed if one.chat_id == current), "")
    keyboard = channels_keyboard(
        services.callbacks, managed, user_id=request.target.chat_id, locale=request.locale
    )
    return Reply(
        text=texts.channels(len(managed), title, locale=request.locale),
        keyboard=keyboard if managed else None,
    )


async def channel_callback(request: Request, services: Services) -> Reply:
    """Let commands count for the channel of the button."""
    number = int(request.arguments[0])
    chosen = await channels.act_for(services, request.target, -number, by=request.user_id)
    if chosen is None:
        return Reply(text=texts.no_admin("", locale=request.locale), in_place=True)
    text = (
        texts.acting_for(chosen.title, locale=request.locale)
        if number
        else texts.acting_for_oneself(locale=request.locale)
    )
    return Reply(text=text, in_place=True)


async def noise_callback(request: Request, services: Services) -> Reply:
    """Count that a member of the group calls the wallet of the alert noise."""
    watch = await services.watches.by_id(int(request.arguments[0]), chat_id=request.target.chat_id)
    if watch is None:
        return Reply(note=gone(locale=request.locale))
    if not watch.settings.display.noise or request.target.is_private:
        return Reply(note=texts.noise_is_off(locale=request.locale))
    if await services.access.members.standing(watch.chat_id, request.user_id) is Standing.NONE:
        return Reply(note=texts.members_only(locale=request.locale))
    called = await crowd.call_noise(services, watch, by=request.user_id)
    if called.until is None:
        return Reply(note=texts.called_noise(called.callers, crowd.NEEDED, locale=request.locale))
    return Reply(text=texts.muted_by_crowd(watch, called.until, crowd.NEEDED, locale=request.locale))
