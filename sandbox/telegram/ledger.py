"""The ledger: everything that the sandbox Telegram has accepted, with numbers and times."""

import asyncio
from collections.abc import Callable
from itertools import islice
from typing import Any

from msgspec import Struct

from sandbox.telegram.shapes import Message


class Entry(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One accepted message, edit or other action.

    kind: by the bot `message`, `edit`, `delete`, `callback_answer`, `commands`; by people `user_message`,
    `press`, `member`, `topic`, `service`, `user`, `chat`.

    `{"seq": 12, "kind": "user_message", "received_ms": 1764435787000, "at_ms": 1764435787001, "bot_id": 5,
    "chat_id": 7, "user_id": 7, "text": "/start"}`.
    """

    seq: int  # 1, 2, 3… without holes
    kind: str
    received_ms: int  # unix time at which the request arrived
    at_ms: int  # unix time at which it was accepted
    bot_id: int
    chat_id: int | None = None
    thread_id: int | None = None
    message_id: int | None = None
    user_id: int | None = None
    text: str | None = None  # what a reader sees, caption included
    message: Message | None = None
    detail: dict[str, Any] | None = None  # further fields, by kind


class Ledger:
    """The newest entries, in order; those beyond `keep` are dropped."""

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._entries: list[Entry] = []
        self._last = 0
        self._news = asyncio.Event()
        self._listeners: list[Callable[[Entry], None]] = []

    @property
    def last(self) -> int:
        """The number of the newest entry; 0 at the beginning."""
        return self._last

    @property
    def first(self) -> int:
        """The number of the oldest entry still kept."""
        return self._last - len(self._entries) + 1

    def next_seq(self) -> int:
        """The number the next entry must carry."""
        return self._last + 1

    def append(self, entry: Entry) -> None:
        """Write one entry, numbered by `next_seq`, and wake all waiters."""
        self._entries.append(entry)
        self._last = entry.seq
        if len(self._entries) > self._keep + self._keep // 8:
            del self._entries[: len(self._entries) - self._keep]
        self._news.set()
        self._news.clear()
        for listener in self._listeners:
            listener(entry)

    def since(
        self, seq: int = 0, *, chat_id: int | None = None, kind: str | None = None, limit: int | None = None
    ) -> list[Entry]:
        """Entries that are still kept, oldest first.

        Args:
            seq: a number; only later entries count. 0: all.
            chat_id: only of this chat; None: of all.
            kind: only of these kinds, with commas between them; None: of all.
            limit: how many at most; None: all.
        """
        kinds = None if kind is None else frozenset(kind.split(","))
        begin = max(seq + 1 - self.first, 0)
        wanted = (
            entry
            for entry in islice(self._entries, begin, None)
            if (chat_id is None or entry.chat_id == chat_id) and (kinds is None or entry.kind in kinds)
        )
        return list(islice(wanted, limit))

    def messages(self, chat_id: int | None = None) -> list[Entry]:
        """All accepted messages of the bot that are still kept."""
        return self.since(chat_id=chat_id, kind="message")

    async def wait(
        self, seq: int, *, seconds: float, chat_id: int | None = None, kind: str | None = None
    ) -> list[Entry]:
        """As `since`, but wait for a first entry; empty: none came.

        Args:
            seq: a number; only later entries count.
            seconds: how long to wait.
            chat_id: only of this chat; None: of all.
            kind: only of these kinds, with commas between them; None: of all.
        """
        try:
            async with asyncio.timeout(seconds):
                while not (found := self.since(seq, chat_id=chat_id, kind=kind)):
                    seq = max(seq, self._last)
                    await self._next_entry()
        except TimeoutError:
            return []
        return found

    async def wait_for(
        self, wanted: Callable[[Entry], bool], *, seq: int = 0, seconds: float = 10.0
    ) -> Entry:
        """Wait for the first entry that is wanted.

        Args:
            wanted: is asked of each entry once.
            seq: a number; only later entries count. 0: those that are there count, too.
            seconds: how long to wait.

        Raises:
            TimeoutError: none came within `seconds`.
        """
        async with asyncio.timeout(seconds):
            while True:
                for entry in self.since(seq):
                    if wanted(entry):
                        return entry
                seq = max(seq, self._last)
                await self._next_entry()

    def listen(self, listener: Callable[[Entry], None]) -> None:
        """Call `listener` with every new entry; it must be quick and raise nothing."""
        self._listeners.append(listener)

    async def _next_entry(self) -> None:
        await self._news.wait()
