"""Reads sessions and checks request limits of many people in one round trip to Redis.

Without Redis nobody is counted, and nothing is awaited of anybody.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import NamedTuple

from domain.rate_limits import RateLimit
from runtime.shared_calls import GATHER_SECONDS, WriteBatcher
from storage import keys
from storage.chats.sessions import Session, session_of
from storage.coordination.limits import Limits

MAX_BATCH = 100
"""Requests in one go."""


class Entrance(NamedTuple):
    """The session and the limits read when a request begins."""

    session: Session
    """One that awaits nothing, if there is none."""
    is_admitted: bool
    """Whether its person has not asked too much recently."""


class _Asked(NamedTuple):
    chat_id: int
    user_id: int
    share: RateLimit


class Entrances:
    """Reads sessions and limits for requests, in batches.

    Args:
        limits: count; sessions stand on the same server.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._asking = WriteBatcher(self._ask_all, limit=MAX_BATCH, interval=GATHER_SECONDS)

    def ask(self, chat_id: int, user_id: int, share: RateLimit) -> Awaitable[Entrance]:
        """Count one request of a person, and read what the bot has asked them.

        Args:
            chat_id: where they ask.
            user_id: who; 0: nobody in particular.
            share: what they may ask.
        """
        return self._asking.begin(_Asked(chat_id, user_id, share))

    async def _ask_all(self, asked: Sequence[_Asked]) -> list[Entrance]:
        names = [keys.session(one.chat_id, one.user_id) for one in asked]
        answer = await self._limits.admit_and_read([[one.share] for one in asked], names)
        waits, texts = answer or ([0.0] * len(asked), [None] * len(asked))
        return [
            Entrance(session_of(text, one.chat_id, one.user_id), wait <= 0)
            for one, wait, text in zip(asked, waits, texts, strict=True)
        ]
