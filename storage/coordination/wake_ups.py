"""Wake-ups over Redis pub/sub: they make things fast, never certain. A listener also polls PostgreSQL."""

import asyncio

from redis.asyncio import Redis

from storage.redis import FAULTS

LISTEN_SECONDS = 1.0


async def wake(client: Redis, channel: str) -> int:
    """Wake all listeners of a channel, and return how many there are.

    0 also if Redis is unavailable, which only costs the time until the next poll.
    """
    try:
        return int(await client.publish(channel, ""))
    except FAULTS:
        return 0


class WakeUps:
    """Waits for a wake-up on some channels, or until a time has passed."""

    def __init__(self, client: Redis, *channels: str) -> None:
        self._channels = channels
        self._pubsub = client.pubsub(ignore_subscribe_messages=True)
        self._subscribed = False

    async def wait(self, seconds: float) -> bool:
        """Wait for a wake-up, `seconds` at most; whether one came. Without Redis it waits just as long."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        try:
            if not self._subscribed:
                await self._pubsub.subscribe(*self._channels)
                self._subscribed = True
            return await self._first_message(end)
        except FAULTS:
            self._subscribed = False
            await asyncio.sleep(max(0.0, end - loop.time()))
            return False

    async def close(self) -> None:
        """End the subscription."""
        try:
            await self._pubsub.aclose()  # type: ignore[no-untyped-call]
        except FAULTS:
            return

    async def _first_message(self, end: float) -> bool:
        loop = asyncio.get_running_loop()
        while (left := end - loop.time()) > 0:
            message = await self._pubsub.get_message(timeout=min(left, LISTEN_SECONDS))
            if message is not None:
                await self._drain()
                return True
        return False

    async def _drain(self) -> None:
        """Take all wake-ups that have come so far: one poll of PostgreSQL answers them all."""
        for _ in range(10_000):
            if await self._pubsub.get_message(timeout=0) is None:
                return
