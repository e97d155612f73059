"""Stores updates in batches; Telegram gets 200 only after the commit."""

import asyncio
import functools
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec
from msgspec import structs

from bot.dialog.update import MAX_ID
from bot.intake.fair_queue import RecentUse
from bot.intake.raw_updates import as_unreadable, read_update_ids, unreadable_id
from domain.alerts.traced import trace_of_update
from domain.errors import DatabaseUnavailable, Unavailable
from runtime.clock import monotonic, unix
from runtime.deadlines import Deadlines
from runtime.observability import metrics
from runtime.observability.traces import Span, is_traced, record
from runtime.shared_calls import GATHER_SECONDS, WriteBatcher
from storage.chats.updates import ReceivedUpdate, StoreResult

log = logging.getLogger(__name__)

MAX_WAITING = 2_000
"""Updates that may wait for the database at once; more are refused, and Telegram sends them again."""
MAX_BATCH = 500
"""Updates in one statement."""
STORE_SECONDS = 2.5
"""How long one update may wait to be stored; then Telegram is asked to send it again."""
_LABELS = {
    StoreResult.NEW: "stored",
    StoreResult.LEASED: "stored",
    StoreResult.KNOWN: "repeated",
    StoreResult.LIMITED: "limited",
    StoreResult.FIRST_LIMITED: "limited",
}

StoreUpdates = Callable[[Sequence[ReceivedUpdate]], Awaitable[Mapping[int, StoreResult]]]
"""Commits updates; answers by id what became of those that were not known before."""


Receive = Callable[[ReceivedUpdate, StoreResult], None]
"""Told of each update that is stored, and what became of it."""


class Overloaded(Unavailable):
    """Too many updates wait to be stored."""


def read_received_update(body: bytes, *, username: str = "") -> ReceivedUpdate:
    """An update as it is to be stored.

    Args:
        body: its JSON.
        username: the bot's own name, by which commands to other bots are distinguished.

    Raises:
        ValueError: not UTF-8, not JSON, or not an update.
    """
    ids = read_update_ids(body, username=username)
    return ReceivedUpdate(
        update_id=ids.update_id,
        chat_id=ids.chat_id,
        user_id=ids.user_id,
        is_request=ids.is_request,
        payload=body.decode(),
    )


def read_unreadable_update(body: bytes) -> ReceivedUpdate | None:
    """Return what can be stored of an update that cannot be read: its id and its text; None: it has no id."""
    update_id = unreadable_id(body)
    if update_id is None or update_id > MAX_ID:
        return None
    metrics.webhook_updates.labels("unreadable").inc()
    return ReceivedUpdate(update_id=update_id, chat_id=0, payload=as_unreadable(update_id, body))


Report = Callable[[StoreResult | Unavailable], None]
"""Told once what became of an update; with Unavailable the sender must send it again."""


class _Asked:
    """An update on its way to the database."""

    __slots__ = ("_is_reported", "_report", "deadline", "update")

    def __init__(self, update: ReceivedUpdate, report: Report, deadlines: Deadlines) -> None:
        self.update = update
        self._report = report
        self._is_reported = False
        self.deadline = deadlines.start(STORE_SECONDS, self._give_up)

    def end(self, result: StoreResult | Unavailable) -> bool:
        """This became of it; return whether its sender waits no longer."""
        if self._is_reported:
            return True
        self.deadline.cancel()
        self._is_reported = True
        try:
            self._report(result)
        except Exception:
            log.exception("The result of update %d could not be reported", self.update.update_id)
        return False

    def _give_up(self) -> None:
        self.end(DatabaseUnavailable("PostgreSQL takes too long to store an update"))


class UpdateWriter:
    """The only writer of received updates.

    Args:
        store_updates: commits a batch of updates.
        use: what chats and persons have asked recently; None: nothing.
        receive_late: called with each update that was stored after its sender was asked to send it again:
            nobody else handles what was leased to this instance.
    """

    def __init__(
        self,
        store_updates: StoreUpdates,
        use: RecentUse | None = None,
        receive_late: Receive | None = None,
    ) -> None:
        self._store_updates = store_updates
        self._use = use or RecentUse()
        self._quiet = WriteBatcher(self._write, limit=MAX_BATCH, interval=GATHER_SECONDS)
        self._heavy = WriteBatcher(self._write, limit=MAX_BATCH, interval=GATHER_SECONDS)
        """Whose shares are counted; nobody else waits for that."""
        self._deadlines = Deadlines()
        self._waiting = 0
        """Updates that wait for their statement."""
        self._receive_late = receive_late

    async def store(self, update: ReceivedUpdate) -> StoreResult:
        """Return what became of the update, once it is committed or was known before.

        Raises:
            Unavailable: the update may not be stored; the sender must send it again.
        """
        stored: asyncio.Future[StoreResult | Unavailable] = asyncio.get_running_loop().create_future()
        self.begin(update, functools.partial(_resolve, stored))
        result = await stored
        if isinstance(result, Unavailable):
            raise result
        return result

    def begin(self, update: ReceivedUpdate, report: Report) -> None:
        """The same for whoever has no task that could wait: `report` is called, maybe at once."""
        if self._waiting >= MAX_WAITING:
            report(Overloaded("too many updates wait to be stored", retry_after=1.0))
            return
        self._waiting += 1
        if is_traced():
            report = functools.partial(_traced, update, unix(), report)
        asked = _Asked(self._judged(update), report, self._deadlines)
        (self._heavy if asked.update.is_heavy else self._quiet).begin(asked)

    def _judged(self, update: ReceivedUpdate) -> ReceivedUpdate:
        """Loud, if its chat or its person is; all others cost no check of their shares."""
        if not update.is_request:
            return update
        now = monotonic()
        is_heavy = self._use.is_heavy(chat_id=update.chat_id, user_id=update.user_id, at=now)
        return structs.replace(update, is_heavy=True) if is_heavy else update

    async def _write(self, batch: Sequence[_Asked]) -> list[StoreResult | Unavailable]:
        """Store a batch, and tell what became of those whose senders wait no longer."""
        self._waiting -= len(batch)
        results = await self._store_and_learn([asked.update for asked in batch])
        for asked, result in zip(batch, results, strict=True):
            is_late = asked.end(result)
            if is_late and isinstance(result, StoreResult) and self._receive_late is not None:
                self._receive_late(asked.update, result)
        return results

    async def _store_and_learn(self, batch: Sequence[ReceivedUpdate]) -> list[StoreResult | Unavailable]:
        """Store a batch, and find out beside it who of its chats is a newcomer."""
        newcomers = self._use.newcomers
        unknown = newcomers.unknown(update.chat_id for update in batch if update.is_request)
        if not unknown:
            return await self._store(batch)
        results, _ = await asyncio.gather(self._store(batch), newcomers.learn(unknown))
        return results

    async def _store(self, batch: Sequence[ReceivedUpdate]) -> list[StoreResult | Unavailable]:
        """Store a batch; if the database refuses it, store each update alone. Answers for each."""
        try:
            results = await self._store_updates(_distinct(batch))
        except Unavailable as error:
            return [error for _ in batch]
        except Exception:  # noqa: BLE001 - the database's own errors are unknown here; the update is stored below
            if len(batch) == 1:
                return [await self._store_unreadable(batch[0])]
            return [result for update in batch for result in await self._store([update])]
        answers = [results.get(update.update_id, StoreResult.KNOWN) for update in batch]
        for result, number in Counter(answers).items():
            metrics.webhook_updates.labels(_LABELS[result]).inc(number)
        return [*answers]

    async def _store_unreadable(self, update: ReceivedUpdate) -> StoreResult | Unavailable:
        """Store as quoted text what jsonb refuses, such as a null character or half a surrogate pair."""
        quoted = msgspec.json.encode({"update_id": update.update_id, "unreadable": update.payload})
        readable = ReceivedUpdate(update_id=update.update_id, chat_id=update.chat_id, payload=quoted.decode())
        try:
            await self._store_updates([readable])
        except Exception as error:
            log.exception("An update cannot be stored")
            return DatabaseUnavailable(f"an update cannot be stored: {type(error).__name__}")
        metrics.webhook_updates.labels("unreadable").inc()
        return StoreResult.NEW


def _traced(
    update: ReceivedUpdate, came_at: float, report: Report, result: StoreResult | Unavailable
) -> None:
    """Report, and record how long it took to be stored, on which the rest of its trace hangs."""
    if isinstance(result, StoreResult) and result is not StoreResult.KNOWN:
        record(
            Span(
                trace=trace_of_update(update.update_id),
                name="receive to store",
                began=came_at,
                ended=unix(),
                is_first=True,
                attributes={"update": update.update_id, "result": result.value},
            )
        )
    report(result)


def _resolve(stored: asyncio.Future[StoreResult | Unavailable], result: StoreResult | Unavailable) -> None:
    if not stored.done():
        stored.set_result(result)


def _distinct(batch: Sequence[ReceivedUpdate]) -> list[ReceivedUpdate]:
    return list({update.update_id: update for update in batch}.values())
