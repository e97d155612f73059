"""The pending updates of one bot: fetched by getUpdates and confirmed, or pushed to its webhook."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from sandbox.telegram.errors import ApiError

_DAY = 86_400.0
_NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One pending update."""

    update_id: int
    kind: str  # message, callback_query, my_chat_member...
    queue: tuple[str, int]  # updates of one queue are pushed one at a time, in order
    body: bytes  # as JSON, the id included
    expires_at: float  # unix seconds


class UpdateQueue:
    """Updates not yet confirmed, in order of their ids."""

    def __init__(self, first_id: int, keep: int) -> None:
        self._next_id = first_id
        self._keep = keep
        self._pending: OrderedDict[int, Update] = OrderedDict()
        self._poll: asyncio.Future[None] | None = None
        self._allowed: frozenset[str] | None = None
        self._listener: Callable[[Update], None] | None = None

    @property
    def allowed(self) -> frozenset[str] | None:
        """The kinds of updates that the bot wants; None: all that Telegram sends by default."""
        return self._allowed

    def allow(self, kinds: frozenset[str] | None) -> None:
        """Queue only these kinds from now on; None: all that Telegram sends by default."""
        self._allowed = kinds

    def listen(self, listener: Callable[[Update], None] | None) -> None:
        """Call `listener` with each new update; None ends that."""
        self._listener = listener

    def post(self, kind: str, content: msgspec.Struct, queue: tuple[str, int], life: float = _DAY) -> None:
        """Queue an update for at most `life` seconds, unless the bot does not want its kind.

        Args:
            kind: the field of the Update object ("message", "callback_query"...).
            content: what stands in that field.
            queue: updates of one queue are pushed one at a time.
            life: seconds until it is dropped.
        """
        if kind in _NOT_BY_DEFAULT if self._allowed is None else kind not in self._allowed:
            return
        update_id, self._next_id = self._next_id, self._next_id + 1
        body = _encode({"update_id": update_id, kind: content})
        update = Update(update_id=update_id, kind=kind, queue=queue, body=body, expires_at=time.time() + life)
        self._pending[update_id] = update
        if len(self._pending) > self._keep:
            self._pending.popitem(last=False)
        if self._listener is not None:
            self._listener(update)
        self._wake_poll()

    def pending(self) -> list[Update]:
        """The pending updates, oldest first."""
        now = time.time()
        for update in [one for one in self._pending.values() if one.expires_at < now]:
            del self._pending[update.update_id]
        return list(self._pending.values())

    def pending_count(self) -> int:
        """The number of pending updates, expired ones included."""
        return len(self._pending)

    def forget(self, update_id: int) -> None:
        """Remove an update that the bot has, or that has expired."""
        self._pending.pop(update_id, None)

    def clear(self) -> None:
        """Drop all pending updates."""
        self._pending.clear()

    def confirm(self, offset: int) -> None:
        """Remove all updates below `offset`; a negative offset keeps only that many of the newest."""
        if offset < 0:
            excess = max(len(self._pending) + offset, 0)
            done = [one for one, _ in zip(self._pending, range(excess), strict=False)]
        else:
            done = [one for one in self._pending if one < offset]
        for update_id in done:
            del self._pending[update_id]

    async def wait(self, seconds: float) -> None:
        """Wait until an update is pending or time is over.

        Raises:
            ApiError: 409, if another poll or a webhook has replaced this poll.
        """
        if self._pending or seconds <= 0:
            return
        poll = self._poll = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await poll
        except TimeoutError:
            return
        finally:
            if self._poll is poll:
                self._poll = None

    def interrupt(self, reason: ApiError | None) -> None:
        """End the waiting poll with an error, or (None) as if its time were over."""
        if self._poll is not None and not self._poll.done():
            if reason is None:
                self._poll.set_result(None)
            else:
                self._poll.set_exception(reason)
        self._poll = None

    def _wake_poll(self) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
