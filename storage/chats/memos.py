"""What stands behind a button that has no room for it, in Redis for all bot instances, for a short time."""

import secrets

from redis.asyncio import Redis

from storage import keys
from storage.redis import FAULTS

_KEY_BYTES = 6


class Memos:
    """Texts by chat and key, in Redis; without Redis there are none."""

    def __init__(self, client: Redis) -> None:
        self._client = client

    async def keep(self, chat_id: int, text: str, *, seconds: int) -> str | None:
        """Store a text for so many seconds; its key, or None if Redis did not take it."""
        key = secrets.token_urlsafe(_KEY_BYTES)
        try:
            await self._client.set(keys.memo(chat_id, key), text, ex=seconds)
        except FAULTS:
            return None
        return key

    async def read(self, chat_id: int, key: str) -> str | None:
        """The text; None: its time is over."""
        try:
            text = await self._client.get(keys.memo(chat_id, key))
        except FAULTS:
            return None
        return None if text is None else str(text)
