"""Permissions, checked when an action is carried out: a button grants none.

Telegram says who is an admin of a group; the answer is cached for half a minute. Requests of a person are
counted in Redis across all instances.
"""

from collections.abc import Awaitable, Callable, Sequence
from enum import Enum, auto

from bot.dialog.request import Request
from bot.dialog.update import CallbackQuery, Message
from domain.chats import ChatTarget
from domain.errors import WhaleWatcherError
from domain.people import Act, AuditOutcome
from domain.rate_limits import RateLimit, RequestShares
from messaging.telegram.escaping import clean
from messaging.telegram.texts import help as texts
from runtime.shared_calls import GATHER_SECONDS, WriteBatcher
from services.members import GroupMembers
from services.services import Services
from storage.chats.entrances import Entrance, Entrances
from storage.coordination.limits import Limits

_MAX_ACT = 40
WARNING_SECONDS = 60.0
"""A person is warned at most once in this time."""
MAX_BATCH = 100
"""Requests counted in one go."""


class Permission(Enum):
    """Who may call a handler."""

    ANYBODY = auto()
    CHAT_ADMINS = auto()
    """In private chats the person, in groups only admins."""
    OPERATORS = auto()
    """Those named in ADMIN_IDS, in their private chat, in their own words."""


class PermissionDenied(WhaleWatcherError):  # noqa: N818 - names say the fact
    """The person lacks the permission; the text is for them."""


class SwitchedOff(PermissionDenied):
    """Operators have switched the command off: nobody may do that now, not even look."""


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
        request: the same as the handler gets it, under the name of its command.
        services: knows the operators and keeps the audit log.
        members: knows the admins of groups.

    Raises:
        SwitchedOff: the command is.
        PermissionDenied: with the reason as text.
        Unavailable: Telegram cannot be asked now who is an admin.
    """
    if permission is not Permission.OPERATORS and asked.user_id not in services.operators:
        await _check_switch(request, services)
    if permission is Permission.CHAT_ADMINS and not await _is_chat_admin(asked, members):
        raise PermissionDenied(texts.admins_only(locale=request.locale))
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
            raise PermissionDenied(texts.operators_only(locale=request.locale))


async def _check_switch(request: Request, services: Services) -> None:
    """Return if the command is not switched off by operators."""
    if (until := await services.switches.off_until(request.command)) is not None:
        raise SwitchedOff(texts.switched_off(request.command, until, locale=request.locale))


def _act(request: Request) -> str:
    """Return what the person asks, with its first word: `scanner start`."""
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


class Throttle:
    """Request limits of people, counted across all instances.

    Without Redis nothing is counted; a chat's updates are handled in order anyway.

    Args:
        limits: count; those who ask together are counted together.
        shares: of one person.
    """

    def __init__(self, *, limits: Limits, shares: RequestShares) -> None:
        self._limits = limits
        self._shares = shares
        self._entrances = Entrances(limits)
        self._counting = WriteBatcher(self._count, limit=MAX_BATCH, interval=GATHER_SECONDS)

    async def admits(self, user_id: int) -> bool:
        """Return whether the person may send one more request."""
        return not await self._counting.begin([self._share(user_id)])

    def enter(self, target: ChatTarget, user_id: int) -> Awaitable[Entrance]:
        """The same, with what the bot has asked the person there: a message needs both."""
        return self._entrances.ask(target.chat_id, user_id, self._share(user_id or target.chat_id))

    def _share(self, user_id: int) -> RateLimit:
        shares = self._shares
        return RateLimit(scope=f"person:{user_id}", interval=shares.interval, burst=shares.burst)

    async def warn(
        self, user_id: int, notify: Callable[[], Awaitable[object]], *, needs_count: bool = False
    ) -> None:
        """Tell a person something, if they were not told for a minute. What could not be said does not count.

        Args:
            user_id: the person, or a chat.
            notify: says it; what it raises is raised.
            needs_count: nothing else bounds how often it is said, so without Redis it is not.
        """
        scope = RateLimit(scope=f"warned:{user_id}", interval=WARNING_SECONDS)
        wait = await self._limits.admit([scope])
        if wait or (wait is None and needs_count):
            return
        try:
            await notify()
        except BaseException:
            await self._limits.forget(scope)
            raise

    async def _count(self, requests: Sequence[Sequence[RateLimit]]) -> Sequence[float | None]:
        answers = await self._limits.admit_all(requests)
        return [None] * len(requests) if answers is None else answers
