"""Whether a person may do what they ask, checked when it is done: a button carries no rights."""

from enum import Enum, auto

from bot.dialog.request import Request
from bot.dialog.update import CallbackQuery, Message
from bot.services.group_members import GroupMembers
from bot.services.services import Services
from domain.audit import Act, AuditOutcome
from domain.errors import WhaleWatcherError
from messaging.telegram.escaping import clean
from messaging.telegram.texts import help as texts

_MAX_ACT = 40


class Permission(Enum):
    """Who may ask."""

    ANYBODY = auto()
    CHAT_ADMINS = auto()
    """In private chats the person, in groups only admins."""
    OPERATORS = auto()
    """Those named in ADMIN_IDS, in their private chat, in their own words."""


class PermissionDenied(WhaleWatcherError):  # noqa: N818 - names say the fact
    """This person may not do that here; the text is for them."""


async def check(
    permission: Permission,
    asked: Message | CallbackQuery,
    request: Request,
    *,
    services: Services,
    members: GroupMembers,
) -> None:
    """Return if the person has the permission; an operator's command enters the audit log.

    Args:
        permission: what the route demands.
        asked: what the person wrote or pressed.
        request: the same as the handler gets it.
        services: knows the operators and keeps the audit log.
        members: knows the admins of groups.

    Raises:
        PermissionDenied: with the reason as text.
        Unavailable: Telegram cannot be asked now who is an admin.
    """
    if permission is Permission.CHAT_ADMINS and not await _is_chat_admin(asked, members):
        raise PermissionDenied(texts.admins_only())
    if permission is Permission.OPERATORS:
        allowed = _is_operator(asked, services)
        outcome = AuditOutcome.DONE if allowed else AuditOutcome.REFUSED
        await services.audit.note(
            Act(
                update_id=asked.update_id,
                actor_id=asked.user_id,
                chat_id=asked.target.chat_id,
                act=_act(request),
                outcome=outcome,
            )
        )
        if not allowed:
            raise PermissionDenied(texts.operators_only())


def _act(request: Request) -> str:
    """What the person asks, with its first word: `scanner start`."""
    first = request.arguments or request.words.split()[:1]
    return clean(" ".join((request.command or request.verb, *first[:1])), limit=_MAX_ACT)


async def _is_chat_admin(asked: Message | CallbackQuery, members: GroupMembers) -> bool:
    """In a group an admin, who may also write in the group's own name."""
    if asked.target.is_private or (isinstance(asked, Message) and asked.is_from_group):
        return True
    return asked.user_id != 0 and await members.is_admin(asked.target.chat_id, asked.user_id)


def _is_operator(asked: Message | CallbackQuery, services: Services) -> bool:
    own_words = not (isinstance(asked, Message) and asked.is_forwarded)
    return asked.target.is_private and asked.user_id in services.operators and own_words
