"""Admission: refuses banned people and too many requests, and says so at most once a minute."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from functools import partial

from bot.dialog.responder import Responder
from bot.dialog.update import CallbackQuery, Message
from bot.dialog.update_context import current_update
from bot.permissions import Throttle
from domain.rules.rules import ChatSettings
from messaging.languages.choice import locale_for
from messaging.telegram.escaping import plain
from messaging.telegram.texts import help as texts
from messaging.telegram.texts.groups import write_as_yourself
from messaging.telegram.texts.queues import you_are_banned
from runtime import clock
from services.people import PeopleStore
from storage.chats.sessions import Session, Sessions
from storage.chats.updates import SHARE_SECONDS

AnonymousAdmins = Callable[[int], Awaitable[Collection[int]]]
"""Returns the admins who write in a group's name, by its id; raises Unavailable."""
FRESH_SECONDS = 30.0
MAX_GROUPS = 1_000
"""Groups kept in the cache; beyond, the least recently used is dropped."""


class RememberedAdmins:
    """Caches the admins who write in the name of groups, for at most half a minute.

    Args:
        ask: asks Telegram.
    """

    def __init__(self, ask: AnonymousAdmins) -> None:
        self._ask = ask
        self._known: dict[int, tuple[Collection[int], float]] = {}

    async def __call__(self, chat_id: int) -> Collection[int]:
        """The admins of a group who write in its name; raises Unavailable."""
        admins, since = self._known.pop(chat_id, ((), -FRESH_SECONDS))
        if clock.monotonic() - since >= FRESH_SECONDS:
            admins, since = await self._ask(chat_id), clock.monotonic()
        self._known[chat_id] = (admins, since)
        if len(self._known) > MAX_GROUPS:
            del self._known[next(iter(self._known))]
        return admins


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Decides whether a person's request is handled.

    Admins who write in a group's own name cannot be told apart. So if one of them is banned, none is admitted
    under that name; a pressed button always names its person.
    """

    people: PeopleStore
    anonymous_admins: AnonymousAdmins
    sessions: Sessions
    throttle: Throttle
    responder: Responder
    settings: Callable[[int], Awaitable[ChatSettings]]
    """Of a chat."""

    async def session_of(self, message: Message, *, is_request: bool) -> Session | None:
        """Return the open question to the person; None: they are not admitted, and have been told so.

        Args:
            message: what they wrote.
            is_request: it asks something of the bot, so it is counted; else only the session is read.
        """
        if not is_request:
            return await self.sessions.load(message.target.chat_id, message.user_id)
        if await self._is_banned(message):
            return None
        if _is_of_another_minute():
            session = await self.sessions.load(message.target.chat_id, message.user_id)
            return None if await self._may_be_banned(message) else session
        entrance = await self.throttle.enter(message.target, message.user_id)
        if not entrance.is_admitted:
            await self._refuse(message, texts.too_fast)
            return None
        return None if await self._may_be_banned(message) else entrance.session

    async def admits(self, asked: Message | CallbackQuery) -> bool:
        """Count a request; return whether the person is admitted. If not, they have been told so."""
        if await self._is_banned(asked):
            return False
        is_counted = not _is_of_another_minute()
        if is_counted and not await self.throttle.admits(asked.user_id or asked.target.chat_id):
            await self._refuse(asked, texts.too_fast)
            return False
        return isinstance(asked, CallbackQuery) or not await self._may_be_banned(asked)

    async def _is_banned(self, asked: Message | CallbackQuery) -> bool:
        sender_id = asked.sender_chat_id if isinstance(asked, Message) else 0
        ban = await self.people.ban_of(asked.user_id or sender_id or asked.target.chat_id)
        if ban is not None:
            await self._refuse(asked, partial(you_are_banned, ban.reason))
        return ban is not None

    async def _may_be_banned(self, message: Message) -> bool:
        """Return whether it is written in the name of a group, and one of those who do that is banned.

        Of those who ask too fast it is not asked: Telegram has to say it.
        """
        banned = await self.people.banned() if message.is_from_group else frozenset()
        may_be = banned and not banned.isdisjoint(await self.anonymous_admins(message.target.chat_id))
        if may_be:
            await self._refuse(message, write_as_yourself)
        return bool(may_be)

    async def _refuse(self, asked: Message | CallbackQuery, reason: Callable[..., str]) -> None:
        """Say why the bot does nothing, once a minute."""
        display = (await self.settings(asked.target.chat_id)).display
        text = reason(locale=locale_for(display))
        if isinstance(asked, CallbackQuery):
            await self.responder.answer_callback(asked.query_id, plain(text))
        else:
            notify = partial(self.responder.send, asked.target, text)
            await self.throttle.warn(asked.user_id or asked.target.chat_id, notify, needs_count=True)


def _is_of_another_minute() -> bool:
    """Whether the update waited so long that its person asked it apart from what is handled beside it.

    After an outage all that waited is handled at once; its share was counted when it came.
    """
    context = current_update()
    return context is not None and context.age > SHARE_SECONDS
