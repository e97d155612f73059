"""Whether a person may ask what they ask, checked at the act: a button carries no rights."""

from bot.dialog.request import Request
from bot.dialog.update import CallbackQuery, Message
from bot.routes import Permission
from bot.services.group_members import GroupMembers
from bot.services.services import Services
from domain.errors import WhaleWatcherError
from messaging.telegram.escaping import clean
from messaging.telegram.texts import help as texts

_LONGEST_ACT = 40


class NotAdmitted(WhaleWatcherError):  # noqa: N818 - names say the fact
    """This person may not do that here; the text is for them."""


async def check(
    permission: Permission,
    asked: Message | CallbackQuery,
    request: Request,
    *,
    services: Services,
    members: GroupMembers,
) -> None:
    """Pass, or refuse.

    Raises:
        NotAdmitted: with the reason as text.
        Unavailable: Telegram cannot be asked who is an admin at present.
    """
    if permission is Permission.CHAT_ADMINS and not await _is_chat_admin(asked, members):
        raise NotAdmitted(texts.admins_only())
    if permission is Permission.OPERATORS:
        allowed = _is_operator(asked, services)
        outcome = "done" if allowed else "refused"
        await services.audit.note(
            _act(request), outcome, actor_id=asked.user_id, chat_id=asked.target.chat_id
        )
        if not allowed:
            raise NotAdmitted(texts.operators_only())


def _act(request: Request) -> str:
    """What is asked, with its first word: `scanner start`."""
    first = request.arguments or request.words.split()[:1]
    return clean(" ".join((request.command or request.verb, *first[:1])), limit=_LONGEST_ACT)


async def _is_chat_admin(asked: Message | CallbackQuery, members: GroupMembers) -> bool:
    """In a group an admin, who may also speak in the group's own name."""
    if asked.target.is_private or (isinstance(asked, Message) and asked.speaks_as_group):
        return True
    return asked.user_id != 0 and await members.is_admin(asked.target.chat_id, asked.user_id)


def _is_operator(asked: Message | CallbackQuery, services: Services) -> bool:
    own_words = not (isinstance(asked, Message) and asked.is_forwarded)
    return asked.target.is_private and asked.user_id in services.operators and own_words
