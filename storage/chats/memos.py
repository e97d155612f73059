"""What is known of buttons for a short time, in Redis for all bots: what is behind one, who pressed it."""

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

    async def claim(self, chat_id: int, key: str, owner: str, *, seconds: int) -> bool:
        """Take a key for so many seconds; False: another owner has it. Without Redis everybody gets it."""
        name = keys.memo(chat_id, key)
        try:
            holder = await self._client.set(name, owner, ex=seconds, nx=True, get=True)
        except FAULTS:
            return True
        return holder is None or str(holder) == owner
