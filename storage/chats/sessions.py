"""Short-lived conversation state in Redis for all bot instances; it may vanish.

A session is what it waits for; a memo stands behind a button that has no room for it. If one is gone,
people are asked again.

A session is read once for an update and written once, and only if nobody has written it since: so an instance
that is late never takes away what the other one asks, and no answer is lost between two of them.
"""

import secrets
from collections.abc import Sequence
from enum import Enum, auto

import msgspec
from msgspec import structs
from redis.asyncio import Redis

from runtime import clock
from runtime.shared_calls import GATHER_SECONDS, WriteBatcher
from storage import keys
from storage.redis import FAULTS

SESSION_SECONDS = 3600
MAX_BATCH = 200
"""Sessions read in one go."""

# KEYS: the session, as its version, a space and its JSON. ARGV: the version that was read (0: none), the JSON
# (empty: delete it), the seconds to keep it. Answer: the new version; 0: somebody wrote it since. Versions
# rise with the server's clock, so a session that was deleted and made again never has one of before.
_WRITE = """
local text = redis.call('GET', KEYS[1])
local version = text and tonumber(string.match(text, '^(%d+) ') or nil) or 0
if version ~= tonumber(ARGV[1]) then return '0' end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
  return '1'
end
local time = redis.call('TIME')
local new = math.max(version + 1, tonumber(time[1]) * 1000000 + tonumber(time[2]))
redis.call('SET', KEYS[1], string.format('%.0f %s', new, ARGV[2]), 'EX', ARGV[3])
return string.format('%.0f', new)
"""

_KEY_BYTES = 6


class Session(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the next message of one person in one chat means.

    `{"chat_id": 7, "user_id": 7, "awaiting": "label", "about": "86xC…", "last_activity": 1764435787,
    "instance": "bot-1"}`.
    """

    chat_id: int
    user_id: int
    awaiting: str = ""
    """What the next message is, such as `label`; empty: nothing is awaited."""
    about: str = ""
    """What it is for, such as an address."""
    last_activity: int = 0
    """When it was written, in Unix seconds."""
    instance: str = ""
    """Who wrote it."""
    version: int = 0
    """Rises with each write; 0: there is none."""


class Saved(Enum):
    """What became of a write."""

    DONE = auto()
    CONFLICT = auto()
    """Another instance has written the session since it was read; nothing was written."""
    AWAY = auto()
    """Redis did not answer."""


class Sessions:
    """Sessions by chat and person, in Redis; without Redis there are none.

    Args:
        client: of Redis.
        instance: names this process.
    """

    def __init__(self, client: Redis, *, instance: str) -> None:
        self._client = client
        self._instance = instance
        self._reading = WriteBatcher(self._read, limit=MAX_BATCH, interval=GATHER_SECONDS)
        self._write = client.register_script(_WRITE)

    async def load(self, chat_id: int, user_id: int) -> Session:
        """The session; one that awaits nothing, if there is none. Many are read together."""
        return await self._reading.begin((chat_id, user_id))

    async def save(self, before: Session, *, awaiting: str, about: str = "") -> Saved:
        """Store what is awaited now for an hour, in place of the session that was read.

        Args:
            before: as `load` returned it; a session that changed since is not written over.
            awaiting: which answer is awaited; empty: none, and the session ends.
            about: what the answer is about, such as an address; meant for whoever reads the answer.
        """
        session = structs.replace(
            before,
            awaiting=awaiting,
            about=about,
            last_activity=int(clock.unix()),
            instance=self._instance,
            version=0,
        )
        return await self._put(before, msgspec.json.encode(session))

    async def end(self, session: Session) -> bool:
        """Delete the session that was read; False: there was none, or it has been written since."""
        return session.version > 0 and await self._put(session, b"") is Saved.DONE

    async def forget(self, chat_id: int, user_id: int) -> None:
        """Delete the session, whatever it is."""
        try:
            await self._client.delete(keys.session(chat_id, user_id))
        except FAULTS:
            return

    async def _put(self, before: Session, text: bytes) -> Saved:
        name = keys.session(before.chat_id, before.user_id)
        try:
            version = await self._write(keys=[name], args=[before.version, text, SESSION_SECONDS])
        except FAULTS:
            return Saved.AWAY
        return Saved.CONFLICT if int(version) == 0 else Saved.DONE

    async def _read(self, wanted: Sequence[tuple[int, int]]) -> list[Session]:
        try:
            texts = await self._client.mget([keys.session(*one) for one in wanted])
        except FAULTS:
            texts = [None] * len(wanted)
        return [session_of(text, *one) for text, one in zip(texts, wanted, strict=True)]


def session_of(text: str | bytes | None, chat_id: int, user_id: int) -> Session:
    """The session in a text; what somebody broke awaits nothing and may be written over.

    Args:
        text: version, a space and JSON, as Redis has it; None: there is none.
        chat_id: where it was read; it counts, whatever the JSON says.
        user_id: whose it is; it counts, whatever the JSON says.
    """
    none = Session(chat_id=chat_id, user_id=user_id)
    version, space, body = ("" if text is None else str(text)).partition(" ")
    if not (space and version.isascii() and version.isdigit()):
        return none
    try:
        found = msgspec.json.decode(body, type=Session)
    except ValueError:
        return structs.replace(none, version=int(version))
    return structs.replace(found, chat_id=chat_id, user_id=user_id, version=int(version))


class Memos:
    """Texts by chat and key, in Redis; without Redis there are none."""

    def __init__(self, client: Redis) -> None:
        self._client = client

    async def keep(self, chat_id: int, text: str, *, seconds: int) -> str | None:
        """Store a text for so many seconds; its key, or None if Redis did not take it.

        Args:
            chat_id: the key is good in this chat alone.
            text: of any kind; a button carries the key in its place, since it has room for 64 bytes only.
            seconds: how long the button works.
        """
        key = secrets.token_urlsafe(_KEY_BYTES)
        try:
            await self._client.set(keys.memo(chat_id, key), text, ex=seconds)
        except FAULTS:
            return None
        return key

    async def put(self, chat_id: int, key: str, text: str, *, seconds: int) -> None:
        """Store a text under a key of one's own for so many seconds, if Redis takes it.

        Args:
            chat_id: the key is good in this chat alone.
            key: chosen by the caller; a text that stands there is replaced.
            text: of any kind.
            seconds: the life of the text, from now on.
        """
        try:
            await self._client.set(keys.memo(chat_id, key), text, ex=seconds)
        except FAULTS:
            return

    async def read(self, chat_id: int, key: str) -> str | None:
        """The text; None: its time is over."""
        try:
            text = await self._client.get(keys.memo(chat_id, key))
        except FAULTS:
            return None
        return None if text is None else str(text)

    async def count_members(self, chat_id: int, key: str, member: str, *, seconds: int) -> int:
        """Add a member to a set that expires some seconds after its first member; return its size.

        Without Redis nobody is counted: 0.

        Args:
            chat_id: the key is good in this chat alone.
            key: names the set.
            member: counted once, however often it is added.
            seconds: the life of the set, from its first member on.
        """
        name = keys.memo(chat_id, key)
        try:
            await self._client.sadd(name, member)
            await self._client.expire(name, seconds, nx=True)
            return int(await self._client.scard(name))
        except FAULTS:
            return 0

    async def forget(self, chat_id: int, key: str) -> None:
        """Delete what is kept under a key."""
        try:
            await self._client.delete(keys.memo(chat_id, key))
        except FAULTS:
            return

    async def claim(self, chat_id: int, key: str, owner: str, *, seconds: int) -> bool:
        """Claim a key for some seconds; False: another owner has it. Without Redis every caller gets it.

        Args:
            chat_id: the key is good in this chat alone.
            key: names what is claimed.
            owner: who claims; the same owner may claim again, which prolongs nothing.
            seconds: how long others are refused.
        """
        name = keys.memo(chat_id, key)
        try:
            holder = await self._client.set(name, owner, ex=seconds, nx=True, get=True)
        except FAULTS:
            return True
        return holder is None or str(holder) == owner
