"""Flood control: how long a bot must wait before it may write to a chat; the caller gives the time."""

import math
from collections import OrderedDict, deque

from sandbox.telegram.config import FloodLimits

_MAX_KEPT_CHATS = 50_000
_MINUTE = 60.0


class Flood:
    """Counts what one bot has sent to each chat."""

    def __init__(self, limits: FloodLimits) -> None:
        self.reset(limits)

    def reset(self, limits: FloodLimits) -> None:
        """Apply these limits and forget what was sent."""
        self.limits = limits
        self.refused = 0  # messages that were over a limit
        self._bot: deque[float] = deque()
        self._chats: OrderedDict[int, float] = OrderedDict()  # when the chat's burst is free again
        self._groups: OrderedDict[int, deque[float]] = OrderedDict()

    def take(self, chat_id: int, now: float, *, group: bool, paid: bool = False) -> int:
        """Count a message if it is within all limits; else the whole seconds to wait.

        Args:
            chat_id: the chat it goes to.
            now: monotonic seconds.
            group: whether the chat is a group.
            paid: whether the bot pays for it, which raises the limit per second.

        Returns:
            0 if the message is accepted.
        """
        if not self.limits.enabled:
            return 0
        limit = self.limits.paid_per_second if paid else self.limits.bot_per_second
        wait = max(self._bot_wait(now, limit), self._chat_wait(chat_id, now))
        if group:
            wait = max(wait, self._group_wait(chat_id, now))
        if wait > 0:
            self.refused += 1
            return max(1, math.ceil(wait))
        self._count(chat_id, now, group=group)
        return 0

    def _bot_wait(self, now: float, limit: int) -> float:
        _forget(self._bot, now - 1.0)
        return self._bot[-limit] + 1.0 - now if len(self._bot) >= limit else 0.0

    def _chat_wait(self, chat_id: int, now: float) -> float:
        spare = (self.limits.chat_burst - 1) / self.limits.chat_per_second
        return max(self._chats.get(chat_id, now) - now - spare, 0.0)

    def _group_wait(self, chat_id: int, now: float) -> float:
        sent = self._groups.get(chat_id)
        if sent is None:
            return 0.0
        _forget(sent, now - _MINUTE)
        return sent[0] + _MINUTE - now if len(sent) >= self.limits.group_per_minute else 0.0

    def _count(self, chat_id: int, now: float, *, group: bool) -> None:
        self._bot.append(now)
        self._chats[chat_id] = max(self._chats.get(chat_id, now), now) + 1.0 / self.limits.chat_per_second
        self._chats.move_to_end(chat_id)
        if len(self._chats) > _MAX_KEPT_CHATS:
            self._chats.popitem(last=False)
        if group:
            self._groups.setdefault(chat_id, deque()).append(now)
            self._groups.move_to_end(chat_id)
            if len(self._groups) > _MAX_KEPT_CHATS:
                self._groups.popitem(last=False)


def _forget(times: deque[float], until: float) -> None:
    while times and times[0] <= until:
        times.popleft()
