"""Tells notices, beside the sender and within its limits: outages in the bulk lane, corrections above it.

claim ──> admitted by the limits ──> marked `sending` ──> sent or edited ──> settled
              └── not now: given back, due later
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field

from domain.delivery.deliveries import SendResult, SendStatus
from domain.delivery.system_messages import SystemMessage, SystemMessageKind, apply_result_to_system_message
from domain.errors import Unavailable
from messaging.sending.rate_limiter import Limiter
from messaging.sending.replies import MessageSender
from messaging.telegram.methods import Message
from messaging.telegram.texts.outage import outage_text
from runtime.observability import metrics
from runtime.processes.lifecycle import Stop
from storage.chats.chats import close_chat, migrate_chat
from storage.delivery.system_messages import (
    claim_system_messages,
    close_system_messages,
    deliveries_of_message,
    delivery_by_id,
    mark_system_message,
    record_system_message,
    recover_system_messages,
    release_system_messages,
)
from storage.postgres import Database
from workers.message_builder import MessageBuilder

log = logging.getLogger(__name__)

AT_ONCE = 50
"""Notices that are held at a time."""
POLL_SECONDS = 1.0
_SOON_SECONDS = 0.1
PATIENCE = 5.0
"""Seconds that a claimed one waits for the limits; well within its lease."""
NOTING_SECONDS = 20.0
"""How long an outcome is tried to be noted while PostgreSQL is away; within the lease of the mark."""
_NOTING_PAUSE = 0.5


@dataclass(slots=True, kw_only=True)
class SystemMessageSender:
    """What notices are told with."""

    database: Database
    owner: str
    telegram: MessageSender
    builder: MessageBuilder
    limiter: Limiter
    held: int = field(default=0, init=False)
    """Notices that are in hand just now."""

    async def run(self, stop: Stop) -> None:
        """Tell what is due until the stop, then finish what is in flight; what hangs holds up no other."""
        async with asyncio.TaskGroup() as group:
            while not stop.is_set():
                try:
                    began = await self._begin_due(group, stop)
                except Unavailable as error:
                    log.warning("No notices can be told at present; nothing is lost: %s", error)
                    began = False
                await stop.sleep(_SOON_SECONDS if began else POLL_SECONDS)

    async def tell_due(self, stop: Stop) -> bool:
        """Tell what is due now, up to `AT_ONCE`, and wait for the end; whether there was any.

        Raises:
            Unavailable: PostgreSQL is away.
        """
        async with asyncio.TaskGroup() as group:
            return await self._begin_due(group, stop)

    async def _begin_due(self, group: asyncio.TaskGroup, stop: Stop) -> bool:
        """Begin what is due, as far as there is room; whether there may be more."""
        await recover_system_messages(self.database)
        await close_system_messages(self.database)
        room = AT_ONCE - self.held
        claimed = await claim_system_messages(self.database, owner=self.owner, limit=room)
        for notice in claimed:
            self.held += 1
            group.create_task(self._attempt(notice, stop))
        return room == 0 or bool(claimed)

    async def _attempt(self, notice: SystemMessage, stop: Stop) -> None:
        """What fails here comes again when its lease has ended."""
        try:
            await self._tell(notice, stop)
        except (Unavailable, TimeoutError) as error:
            log.warning("Notice %d is put off: %s", notice.system_message_id, error)
        finally:
            self.held -= 1

    async def _tell(self, notice: SystemMessage, stop: Stop) -> None:
        wait = await self.limiter.admit(notice.chat_id, patience=PATIENCE, lane=notice.lane)
        if wait > 0 or stop.is_set():
            await release_system_messages(
                self.database, [notice.system_message_id], owner=self.owner, wait=wait
            )
        elif await mark_system_message(self.database, notice.system_message_id, owner=self.owner):
            result = await self._say(notice)
            await self._follow_up(notice, result)
            await self._note(notice, result)

    async def _say(self, notice: SystemMessage) -> SendResult:
        try:
            message = await self._message(notice)
        except Unavailable:
            return SendResult(status=SendStatus.REFUSED, reason="what was told is not known at present")
        except Exception:
            log.exception("Notice %d cannot be put into words", notice.system_message_id)
            return SendResult(status=SendStatus.REFUSED, reason="it could not be put into words")
        if message is None:
            return SendResult(status=SendStatus.ACCEPTED, reason="what was told was swept away")
        if notice.kind is SystemMessageKind.EDIT and notice.message_id is not None:
            return await self.telegram.edit(message, notice.message_id)
        return await self.telegram.send(message)

    async def _message(self, notice: SystemMessage) -> Message | None:
        """The words; None: what they are about was swept away."""
        if notice.outage is not None:
            text = outage_text(notice.outage)
            return Message(chat_id=notice.chat_id, topic_id=notice.topic_id, text=text)
        if notice.kind is SystemMessageKind.EDIT and notice.message_id is not None:
            return await self._anew(notice.chat_id, notice.message_id)
        delivery = (
            None if notice.delivery_id is None else await delivery_by_id(self.database, notice.delivery_id)
        )
        if delivery is None:
            return None
        symbols = await self.builder.look_up([delivery])
        return self.builder.take_back(delivery, symbols, message_id=notice.message_id)

    async def _anew(self, chat_id: int, message_id: int) -> Message | None:
        """A message as it would be written with what is known now."""
        group = await deliveries_of_message(self.database, chat_id=chat_id, message_id=message_id)
        if not group:
            return None
        return self.builder.build(group, await self.builder.look_up(group))

    async def _follow_up(self, notice: SystemMessage, result: SendResult) -> None:
        """What an outcome means beyond its notice."""
        metrics.system_messages.labels(notice.kind.value, result.status.value).inc()
        if result.status is not SendStatus.ACCEPTED:
            log.warning("Notice %d: %s (%s)", notice.system_message_id, result.status.value, result.reason)
        if result.retry_after is not None:
            await self.limiter.refused(notice.chat_id, result.retry_after)
        if result.status is SendStatus.CHAT_CLOSED:
            await close_chat(self.database, notice.chat_id, result.reason)
        if result.status is SendStatus.MIGRATED and result.new_chat_id is not None:
            await migrate_chat(self.database, old_id=notice.chat_id, new_id=result.new_chat_id)

    async def _note(self, notice: SystemMessage, result: SendResult) -> None:
        """Keep at it while PostgreSQL is away: a line that is not noted counts as unknown."""
        settled = apply_result_to_system_message(notice, result)
        retry_after_given = result.retry_after is not None or result.status in {
            SendStatus.TOKEN_REJECTED,
            SendStatus.MIGRATED,
        }
        async with asyncio.timeout(NOTING_SECONDS):
            while True:
                try:
                    await record_system_message(
                        self.database, notice, settled, owner=self.owner, retry_after_given=retry_after_given
                    )
                except Unavailable:
                    await asyncio.sleep(_NOTING_PAUSE)
                else:
                    return
