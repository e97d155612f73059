"""Whether a person may ask what they ask, checked at the act: a button carries no rights."""

from bot.dialog.request import Request
from bot.dialog.update import Message, Tap
from bot.routes import Who
from bot.services.ports import Members
from bot.services.services import Desk
from domain.errors import WhaleWatcherError
from messaging.telegram.escaping import clean
from messaging.telegram.texts import help as texts

_LONGEST_ACT = 40


class NotAdmitted(WhaleWatcherError):  # noqa: N818 - names say the fact
    """This person may not do that here; the text is for them."""


async def check(who: Who, asked: Message | Tap, request: Request, *, desk: Desk, members: Members) -> None:
    """Pass, or refuse.

    Raises:
        NotAdmitted: with the reason as text.
        Unavailable: Telegram cannot be asked who is an admin at present.
    """
    if who is Who.SETTLERS and not await _may_settle(asked, members):
        raise NotAdmitted(texts.admins_only())
    if who is Who.OPERATORS:
        allowed = _is_operator(asked, desk)
        outcome = "done" if allowed else "refused"
        await desk.audit.note(_act(request), outcome, actor_id=asked.user_id, chat_id=asked.place.chat_id)
        if not allowed:
            raise NotAdmitted(texts.operators_only())


def _act(request: Request) -> str:
    """What is asked, with its first word: `scanner start`."""
    first = request.arguments or request.words.split()[:1]
    return clean(" ".join((request.command or request.verb, *first[:1])), most=_LONGEST_ACT)


async def _may_settle(asked: Message | Tap, members: Members) -> bool:
    """In a group an admin, who may also speak in the group's own name."""
    if asked.place.is_private or (isinstance(asked, Message) and asked.speaks_as_group):
        return True
    return asked.user_id != 0 and await members.is_admin(asked.place.chat_id, asked.user_id)


def _is_operator(asked: Message | Tap, desk: Desk) -> bool:
    own_words = not (isinstance(asked, Message) and asked.is_forwarded)
    return asked.place.is_private and asked.user_id in desk.operators and own_words
