"""Long polling without a webhook: the instance that has the lease fetches updates and stores them.

Telegram forgets an update only when the next call names a higher offset; that call follows the store.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import aiohttp
import msgspec

from bot.intake.raw_updates import split_updates
from bot.intake.update_writer import Receive, UpdateWriter, read_received_update, read_unreadable_update
from bot.intake.webhook_setup import ALLOWED_UPDATES
from domain.delivery.results import TOKEN_REJECTED_WAIT, SendResult, SendStatus
from domain.errors import Unavailable
from messaging.telegram.http import Wire, time_limits
from runtime.processes.lifecycle import Stop, nursery
from runtime.settings.secret import Secret
from storage.chats.updates import ReceivedUpdate
from storage.coordination.leases import drop_lease, take_lease
from storage.postgres import Database

log = logging.getLogger(__name__)

LEASE = "polling"
LEASE_SECONDS = 15.0
RENEW_SECONDS = 5.0
POLL_SECONDS = 10
"""How long Telegram waits for an update before it answers with none."""
MAX_BATCH = 100
RETRY_SECONDS = 2.0


class NotFetched(Unavailable):
    """Telegram returned no updates; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollingLease:
    """The right to poll, as a lease in PostgreSQL."""

    database: Database
    owner: str

    async def take(self) -> bool:
        """Take or renew the lease; return whether this instance has it."""
        epoch = await take_lease(self.database, name=LEASE, owner=self.owner, seconds=LEASE_SECONDS)
        return epoch is not None

    async def drop(self) -> None:
        """Give the lease up, so that another instance may take it at once."""
        await drop_lease(self.database, name=LEASE, owner=self.owner)


class UpdateSource:
    """Calls getUpdates, and builds no objects from the answer."""

    def __init__(self, token: Secret, api_url: str) -> None:
        self._url = f"{api_url.rstrip('/')}/bot{token.reveal()}/getUpdates"
        self._wire = Wire(connections=2)

    async def open(self) -> None:
        """Open the connection pool."""
        await self._wire.open()

    async def close(self) -> None:
        """Close it."""
        await self._wire.close()

    async def fetch(self, offset: int | None, *, seconds: int) -> list[bytes]:
        """The next updates as JSON, oldest first; Telegram forgets those below `offset`.

        Raises:
            NotFetched: with `retry_after`.
        """
        parameters: dict[str, object] = {
            "timeout": seconds,
            "limit": MAX_BATCH,
            "allowed_updates": ALLOWED_UPDATES,
        }
        if offset is not None:
            parameters["offset"] = offset
        try:
            status, body = await self._wire.post(
                self._url, msgspec.json.encode(parameters), time_limits(read=seconds + 10.0)
            )
        except (aiohttp.ClientError, OSError) as error:
            raise NotFetched(type(error).__name__, retry_after=RETRY_SECONDS) from error
        updates = split_updates(status, body)
        if isinstance(updates, SendResult):
            raise _refusal(updates)
        return updates


def _refusal(result: SendResult) -> NotFetched:
    if result.status is SendStatus.TOKEN_REJECTED:
        log.error("Telegram refuses the bot's token; set BOT_TOKEN to a valid one")
        return NotFetched("the bot's token is refused", retry_after=TOKEN_REJECTED_WAIT)
    return NotFetched(result.reason, retry_after=result.retry_after or RETRY_SECONDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Polling:
    """Fetches updates, stores them, and puts their chats into the update queue."""

    source: UpdateSource
    update_writer: UpdateWriter
    receive: Receive
    """Called with each stored update."""
    username: str = ""
    """The bot's own name."""
    lease: PollingLease
    prepare: Callable[[], Awaitable[None]]
    """Makes Telegram keep updates for fetching; called each time the lease is won."""

    async def run(self, stop: Stop) -> None:
        """Poll while this instance has the lease, until the stop."""
        while not stop.is_set():
            if await self.lease.take():
                await self._poll_while_leased(stop)
            else:
                await stop.sleep(RENEW_SECONDS)
        await self.lease.drop()

    async def _poll_while_leased(self, stop: Stop) -> None:
        log.info("This instance fetches the updates")
        lease_lost = Stop()
        async with nursery(stop) as tasks:
            tasks.start("polling", self._poll(lease_lost))
            while await stop.sleep(RENEW_SECONDS):
                if not await self.lease.take():
                    log.warning("Another instance fetches the updates now")
                    break
            lease_lost.set()

    async def _poll(self, lease_lost: Stop) -> None:
        offset: int | None = None
        prepared = False
        while not lease_lost.is_set():
            try:
                if not prepared:
                    await self.prepare()
                    prepared = True
                offset = await self._fetch(offset)
            except Unavailable as error:
                log.warning("No updates fetched: %s", error)
                prepared = False  # somebody may have set a webhook meanwhile
                await lease_lost.sleep(error.retry_after or RETRY_SECONDS)

    async def _fetch(self, offset: int | None) -> int | None:
        """Fetch and store once; the next offset.

        None after an empty answer: Telegram has confirmed all updates by then, and after a quiet week it may
        continue with lower numbers.
        """
        updates = await self.source.fetch(offset, seconds=POLL_SECONDS)
        return await self._store(updates) if updates else None

    async def _store(self, updates: Sequence[bytes]) -> int:
        received = [one for update in updates if (one := self._read(update)) is not None]
        if not received:
            raise NotFetched("no update of a batch can be read", retry_after=RETRY_SECONDS)
        results = await asyncio.gather(*(self.update_writer.store(update) for update in received))
        for update, result in zip(received, results, strict=True):
            self.receive(update, result)
        return max(update.update_id for update in received) + 1

    def _read(self, update: bytes) -> ReceivedUpdate | None:
        """The update, or what can be kept of it; None: not even its number."""
        try:
            return read_received_update(update, username=self.username)
        except ValueError as error:
            log.error("An update cannot be read: %s: %.200s", error, update.decode(errors="replace"))  # noqa: TRY400
            return read_unreadable_update(update)
