"""Groups and channels: silent until one of their admins confirms in private; his limits count there."""

from dataclasses import dataclass

from domain.chats import ChatKind, ChatTarget
from domain.errors import BadInput
from runtime import clock
from services.services import Services

UNCONFIRMED = "unconfirmed"
"""Why a chat is closed whose admins have not confirmed."""
CONFIRM_SECONDS = 300
"""How long a link or a button for that holds; then there is a new one."""
PREFIX, TAKES_OVER = "g", "p"
"""Of the start parameter: to confirm a group, and to pay for it instead of another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLink:
    """What the link in a group leads to."""

    chat_id: int
    is_fresh: bool
    """Whether it was made within `CONFIRM_SECONDS`."""
    takes_over: bool = False
    """Whether the admin would pay instead of another."""


async def note_added(services: Services, target: ChatTarget, *, by: int) -> bool:
    """The bot was added; whether it may speak: an admin has confirmed before, or has added it himself.

    Args:
        services: what is known of the chat.
        target: the group or channel.
        by: user id of who added the bot; 0: nobody is known.
    """
    if not await services.chats.wait_for_admin(target):
        await services.chats.heard(target.chat_id)
        return True
    try:
        return await confirm(services, target, by=by)
    except BadInput:  # another admin, meanwhile
        return True


async def is_unconfirmed(services: Services, target: ChatTarget) -> bool:
    """Return whether the bot is to be silent in a group that is closed."""
    standing = None if target.is_private else await services.chats.standing(target.chat_id)
    return standing is not None and standing.reason == UNCONFIRMED


async def is_admin(services: Services, chat_id: int, user_id: int) -> bool:
    """Return whether a person is an admin of a group or channel now.

    Args:
        services: asks Telegram, or remembers its answer for half a minute.
        chat_id: a group or channel.
        user_id: 0: nobody is known, who is none.

    Raises:
        Unavailable: Telegram did not say.
    """
    return user_id > 0 and await services.access.members.is_admin(chat_id, user_id)


async def confirm(services: Services, target: ChatTarget, *, by: int) -> bool:
    """Let the bot speak there on the account of an admin; false: the person is none, or is banned.

    Args:
        services: what is known of both.
        target: the group or channel.
        by: user id of the admin, whose limits count from now on.

    Raises:
        BadInput: it speaks there on the account of another.
    """
    if await services.people.ban_of(by) is not None or not await is_admin(services, target.chat_id, by):
        return False
    if not await services.chats.confirm(target, payer_id=by):
        raise BadInput("Confirmed already.")
    await services.people.pause_over_limit(target.chat_id)
    return True


def start_parameter(services: Services, chat_id: int, *, takes_over: bool = False) -> str:
    """Return what opens the private chat with the bot for a confirmation: the group and the time, sealed.

    Args:
        services: its callbacks seal it.
        chat_id: below 0.
        takes_over: it is about who pays, and not about the first confirmation.
    """
    prefix = TAKES_OVER if takes_over else PREFIX
    return services.callbacks.seal(f"{prefix}{-chat_id}_{int(clock.unix())}_")


def read_parameter(services: Services, text: str) -> GroupLink | None:
    """The group of a start parameter; None: this bot has not made it."""
    body = services.callbacks.unseal(text)
    if body is None or not body.startswith((PREFIX, TAKES_OVER)):
        return None
    chat, made_at, _ = body[1:].split("_")
    return GroupLink(
        chat_id=-int(chat),
        is_fresh=clock.unix() - int(made_at) <= CONFIRM_SECONDS,
        takes_over=body.startswith(TAKES_OVER),
    )


async def chat_of(services: Services, chat_id: int) -> ChatTarget:
    """A chat as it is known, by its id."""
    found = await services.access.chat(chat_id)
    return found or ChatTarget(chat_id=chat_id, kind=ChatKind.SUPERGROUP)
