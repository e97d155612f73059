"""What a conversation waits for, in Redis for all bot instances; if it vanishes, people are asked again."""

import msgspec
from redis.asyncio import Redis

from storage import keys
from storage.redis import FAULTS

SESSION_SECONDS = 3600


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """What the next message of one person in one chat means."""

    awaiting: str
    """What the next message is, such as `label`."""
    about: str = ""
    """What it is for, such as an address."""


class Sessions:
    """Sessions by chat and person, in Redis; without Redis there are none."""

    def __init__(self, client: Redis) -> None:
        self._client = client

    async def read(self, chat_id: int, user_id: int) -> Session | None:
        """The session, if there is one."""
        try:
            text = await self._client.get(keys.session(chat_id, user_id))
        except FAULTS:
            return None
        return None if text is None else msgspec.json.decode(text, type=Session)

    async def write(self, chat_id: int, user_id: int, session: Session) -> bool:
        """Store the session for an hour; False if Redis did not take it."""
        text = msgspec.json.encode(session).decode()
        try:
            await self._client.set(keys.session(chat_id, user_id), text, ex=SESSION_SECONDS)
        except FAULTS:
            return False
        return True

    async def forget(self, chat_id: int, user_id: int) -> bool:
        """Delete the session; whether there was one."""
        try:
            return bool(await self._client.delete(keys.session(chat_id, user_id)))
        except FAULTS:
            return False
