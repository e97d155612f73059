"""For tests that change a chat's rows behind the back of the bot."""

from storage.keys import CacheName, cached
from storage.redis import open_redis


async def forget_watches(valkey_url: str, chat_id: int) -> None:
    """Let the bot read the watches of the chat again."""
    async with open_redis(valkey_url) as redis:
        await redis.delete(cached(CacheName.WATCHES, str(chat_id)))
