"""The leases of one instance: the right to handle a chat's updates, one after the other, across instances.

An update that was handled and could not be closed is closed later and not handled again. What may have been
sent of a reply is remembered with the update, so that a further copy says what it is.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TypeVar

from msgspec import structs

from domain.errors import DatabaseUnavailable, QueueUnavailable, TelegramUnavailable, Unavailable
from runtime.clock import monotonic
from runtime.shared_calls import GATHER_SECONDS, WriteBatcher
from storage.chats import update_leases as stored
from storage.chats.limit_messages import StoredLimitMessages
from storage.chats.update_leases import UpdateLease
from storage.chats.updates import ReceivedUpdate
from storage.postgres import Database

log = logging.getLogger(__name__)
T = TypeVar("T")

FINISH_SECONDS = 2 * GATHER_SECONDS
"""The interval of statements that close updates: only the next update of the same chat waits for them."""
MAX_BATCH = 200
"""Updates leased or closed in one statement."""
SET_ASIDE_SECONDS = 300.0
"""After so long of attempts without success an update is set aside, though it was not the one that failed."""
MAX_AGE_SECONDS = 3600.0
"""The same where Telegram asks for pauses."""
MAX_REMEMBERED = 10_000
"""Updates of which something is known that does not are stored in PostgreSQL."""
_AWAY_FOR_ALL = (TelegramUnavailable, DatabaseUnavailable, QueueUnavailable)


class UpdateLeases:
    """The stored updates as one instance works through them.

    Args:
        database: where they are stored.
        owner: names this instance.
    """

    def __init__(self, *, database: Database, owner: str) -> None:
        self.owner = owner
        self.limit_messages = StoredLimitMessages(database=database, owner=owner)
        """What chats are to be told of their limits."""
        self._database = database
        self._taking = WriteBatcher(self._take_all, limit=MAX_BATCH, interval=GATHER_SECONDS)
        self._finishing = WriteBatcher(self._finish_all, limit=MAX_BATCH, interval=FINISH_SECONDS)
        self._unclosed: dict[int, tuple[UpdateLease, str | None]] = {}
        """Finished updates that are not closed in PostgreSQL yet, with their leases."""
        self._copies: dict[int, int] = {}
        """By update, copies of its reply of which PostgreSQL does not know yet; each has its lease."""

    async def take(self, chat_id: int) -> UpdateLease | None:
        """Lease the oldest open update of a chat; None if there is none or another instance works on it."""
        lease = await self._taking.begin(chat_id)
        while lease is not None and lease.update_id in self._unclosed:
            if not await self.finish(*self._unclosed[lease.update_id]):
                return None
            lease = await self._taking.begin(chat_id)
        if lease is None:
            return None
        copies = self._copies.pop(lease.update_id, 0)
        return structs.replace(lease, copies=copies) if copies > lease.copies else lease

    async def finish(self, lease: UpdateLease, error: str | None = None) -> bool:
        """Close the update: it is handled, or it has failed for good with `error`.

        Returns:
            Whether the chat has more that are open.

        Raises:
            Unavailable: it stays to be closed.
        """
        try:
            has_more = await self._finishing.begin((lease.update_id, error))
        except BaseException:
            self._unclosed[lease.update_id] = (lease, error)
            raise
        self._unclosed.pop(lease.update_id, None)
        if has_more is None:
            log.warning("Update %d took too long; another instance has it", lease.update_id)
        return bool(has_more)

    async def close_pending(self) -> None:
        """Close what could not be closed when it was done with.

        Raises:
            Unavailable: some of it stays to be closed.
        """
        for lease, error in [*self._unclosed.values()]:
            await self.finish(lease, error)

    async def inherit(self) -> None:
        """Let updates go on at once that a killed process of this name was working on."""
        if number := await stored.inherit_updates(self._database, owner=self.owner):
            log.warning("A process of this name was killed at work: %d updates go on", number)

    async def leave(self) -> None:
        """Release leased updates that are not handled, for other instances."""
        await stored.release_updates(self._database, owner=self.owner, but=[*self._unclosed, *self._copies])

    async def postpone(self, lease: UpdateLease, *, seconds: float, refund_attempt: bool) -> None:
        """Postpone the chat's updates.

        Args:
            lease: the update that could not be handled, with the copies of its reply that were sent.
            seconds: the pause.
            refund_attempt: the update was not at fault, so the attempt does not count.
        """
        _remember(self._copies, lease.update_id, lease.copies)
        await stored.postpone_update(
            self._database, lease, owner=self.owner, seconds=seconds, refund_attempt=refund_attempt
        )
        self._copies.pop(lease.update_id, None)

    async def waiting(self, *, older_than: float, limit: int) -> list[int]:
        """Chats with updates older than `older_than` seconds that no instance works on."""
        return await stored.waiting_chats(self._database, older_than=older_than, limit=limit)

    async def _take_all(self, chats: Sequence[int]) -> list[UpdateLease | None]:
        leases = await stored.lease_next_updates(self._database, chats, owner=self.owner)
        return [leases.get(chat_id) for chat_id in chats]

    async def _finish_all(self, finished: Sequence[tuple[int, str | None]]) -> list[bool | None]:
        done = await stored.finish_updates(self._database, dict(finished), owner=self.owner)
        return [done.get(update_id) for update_id, _ in finished]


class StoredLeases:
    """Leases that were stored with their updates and wait for a worker, one of a chat.

    Args:
        fresh_seconds: after this long a lease is to be taken again.
    """

    def __init__(self, fresh_seconds: float) -> None:
        self._fresh_seconds = fresh_seconds
        self._waiting: dict[int, tuple[UpdateLease, float]] = {}

    def put(self, update: ReceivedUpdate) -> None:
        """This update was stored with its lease."""
        lease = UpdateLease(
            update_id=update.update_id,
            chat_id=update.chat_id,
            payload=update.payload,
            attempts=1,
            user_id=update.user_id,
        )
        self._waiting[update.chat_id] = (lease, monotonic())

    def pop(self, chat_id: int) -> UpdateLease | None:
        """The lease that waits, if it is fresh."""
        lease, since = self._waiting.pop(chat_id, (None, 0.0))
        return lease if monotonic() - since < self._fresh_seconds else None

    def forget(self, lease: UpdateLease) -> None:
        """It was taken in the meantime: whoever asked PostgreSQL as it was stored has got the same one."""
        waiting, _ = self._waiting.get(lease.chat_id, (None, 0.0))
        if waiting is not None and waiting.update_id == lease.update_id:
            del self._waiting[lease.chat_id]


def _remember(known: dict[int, T], update_id: int, value: T) -> None:
    """Remember a value for an update; beyond a bound, the oldest is dropped."""
    known[update_id] = value
    if len(known) > MAX_REMEMBERED:
        del known[next(iter(known))]


class FailingUpdates:
    """Updates that failed, and since when."""

    def __init__(self) -> None:
        self._since: dict[int, float] = {}

    def forget(self, update_id: int) -> None:
        """Forget an update that no longer fails, or was given up."""
        self._since.pop(update_id, None)

    def is_set_aside(self, update_id: int, error: Unavailable) -> bool:
        """Return whether the update itself seems to be at fault: nothing behind it waits for it any longer.

        Nobody is at fault while a server is unavailable for all, and Telegram may ask for a pause of its own.
        """
        if isinstance(error, _AWAY_FOR_ALL):
            self.forget(update_id)
            return False
        first = self._since.get(update_id, monotonic())
        _remember(self._since, update_id, first)
        is_asked_to_wait = error.retry_after is not None
        return monotonic() - first > (MAX_AGE_SECONDS if is_asked_to_wait else SET_ASIDE_SECONDS)


def is_worth_waiting(lease: UpdateLease, error: Unavailable) -> bool:
    """Return whether the person may still be told later that their update failed."""
    return isinstance(error, _AWAY_FOR_ALL) or lease.age < MAX_AGE_SECONDS
