"""The bot's ports onto PostgreSQL and Redis: each a thin binding of storage's functions to what they need."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.dialog.update import ChatTarget
from domain.errors import QueueUnavailable
from domain.jobs import AnswerLetter, Queue
from domain.questions import Question
from domain.rules.watches import Watch
from messaging.sending.wait_queue import Rule
from runtime import clock
from storage.admin import audit
from storage.chats import chats, questions, updates, watches
from storage.chats.updates import Arrived, Turn
from storage.coordination import limits
from storage.coordination.queues import Queues
from storage.postgres import Database

log = logging.getLogger(__name__)

PERSON_BURST = 20
"""What one person may ask at once."""
PERSON_SECONDS = 1.0
"""Then one more after each of these."""
WARNING_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredUpdates:
    """The inbox, as webhook and polling see it."""

    database: Database

    async def arrived(self, new: Sequence[Arrived]) -> set[int]:
        """Store updates; the ids of those that were not known before."""
        return await updates.arrived(self.database, new)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateLeases:
    """The inbox, as one instance works through it."""

    database: Database
    owner: str

    async def take(self, chat_id: int) -> Turn | None:
        """The oldest open update of a chat, unless somebody is at work for this chat."""
        return await updates.take_turn(self.database, chat_id=chat_id, owner=self.owner)

    async def finish(self, lease: Turn, error: str | None = None) -> None:
        """It is handled, or has failed for good with `error`."""
        if not await updates.finish_turn(self.database, lease, owner=self.owner, error=error):
            log.warning("Update %d took too long; another instance has it", lease.update_id)

    async def put_off(self, lease: Turn, *, seconds: float, forgiven: bool) -> None:
        """Nobody works for this chat for so long; a forgiven try does not count."""
        await updates.put_off_turn(self.database, lease, owner=self.owner, seconds=seconds, forgiven=forgiven)

    async def waiting(self, *, older_than: float, most: int) -> list[int]:
        """Chats with updates that nobody works on."""
        return await updates.waiting_chats(self.database, older_than=older_than, most=most)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchStore:
    """Which wallets a place follows."""

    database: Database
    chain: str
    changed: Callable[[], Awaitable[object]]
    """Tells the scanners that the set of wallets has changed."""

    async def of(self, target: ChatTarget) -> list[Watch]:
        """What the place follows, in the order in which it began."""
        return await watches.watches_of(
            self.database, chat_id=target.chat_id, topic_id=target.topic_id, chain=self.chain
        )

    async def by_id(self, watch_id: int, *, chat_id: int) -> Watch | None:
        """One watch, if it exists and is this chat's."""
        watch = await watches.watch_by_id(self.database, watch_id)
        return watch if watch is not None and watch.chat_id == chat_id else None

    async def follow(self, target: ChatTarget, wallet: str, label: str, *, by: int) -> bool:
        """Follow a wallet; true if the place did not follow it before."""
        watch = Watch(
            watch_id=0,
            chat_id=target.chat_id,
            topic_id=target.topic_id,
            chain=self.chain,
            wallet=wallet,
            label=label,
            created_at=clock.now(),
        )
        is_new = await watches.add_watch(self.database, watch, created_by=by or None)
        await self.changed()
        return is_new

    async def unfollow(self, watch: Watch) -> bool:
        """Stop following; whether it was followed."""
        was_followed = await watches.remove_watch(
            self.database,
            chat_id=watch.chat_id,
            topic_id=watch.topic_id,
            chain=watch.chain,
            wallet=watch.wallet,
        )
        await self.changed()
        return was_followed

    async def rename(self, watch: Watch, label: str) -> bool:
        """Give the wallet another name; whether it is followed."""
        return await watches.rename_watch(self.database, replace(watch, label=label))

    async def mute(self, watch: Watch, seconds: float) -> datetime | None:
        """Tell nothing for `seconds`, 0: tell again; until when, None if it is no longer followed."""
        return await watches.mute_watch(
            self.database, watch_id=watch.watch_id, chat_id=watch.chat_id, seconds=seconds
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatStore:
    """Which chats there are."""

    database: Database

    async def open(self, target: ChatTarget) -> None:
        """The chat may be written to; nothing old is sent."""
        chat = chats.Chat(chat_id=target.chat_id, kind=target.kind, title=target.title)
        await chats.saw_chat(self.database, chat)
        await chats.reopen_chat(self.database, target.chat_id)

    async def close(self, chat_id: int, reason: str) -> None:
        """Nothing is sent there any more."""
        await chats.close_chat(self.database, chat_id, reason)

    async def migrate(self, *, old_id: int, new_id: int) -> None:
        """The group has a new id."""
        await chats.migrate_chat(self.database, old_id=old_id, new_id=new_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionStore:
    """Slow questions, answered by workers in the place of a message."""

    database: Database
    queues: Queues

    async def ask(
        self, queue: Queue, subject: str, *, target: ChatTarget, message_id: int, update_id: int
    ) -> None:
        """Store the question and wake a worker; without Redis the dispatcher finds it within seconds."""
        question = Question(
            question_id=0,
            queue=queue,
            chat_id=target.chat_id,
            topic_id=target.topic_id,
            message_id=message_id,
            subject=subject,
            attempts=0,
        )
        question_id = await questions.ask(self.database, question, update_id=update_id)
        try:
            await self.queues.send(queue, AnswerLetter(question_id=question_id))
        except QueueUnavailable as error:
            log.warning("Question %d waits for the dispatcher: %s", question_id, error)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLog:
    """What operators did, and what others tried."""

    database: Database

    async def note(self, act: str, outcome: str, *, actor_id: int, chat_id: int, about: str = "") -> None:
        """Keep one act: `outcome` is done or refused, `about` says whom or what it concerned."""
        await audit.note_act(
            self.database, actor_id=actor_id, chat_id=chat_id, act=act, outcome=outcome, about=about
        )

    async def latest(self, *, actor_id: int | None, most: int) -> list[audit.Act]:
        """The latest acts, of one person or of all."""
        return await audit.latest_acts(self.database, actor_id=actor_id, most=most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle:
    """How much one person may ask for, counted by all instances together.

    Without Redis nobody is counted: a chat's updates are handled one after the other anyway.
    """

    limits: limits.Limits

    async def admits(self, user_id: int) -> bool:
        """Whether one more request is all right."""
        scope = limits.Limit(scope=f"person:{user_id}", interval=PERSON_SECONDS, burst=PERSON_BURST)
        return not await self.limits.admit([scope])

    async def may_warn(self, user_id: int) -> bool:
        """Whether it is time to tell the person so again."""
        scope = limits.Limit(scope=f"warned:{user_id}", interval=WARNING_SECONDS)
        return await self.limits.admit([scope]) == 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SendLimits:
    """What the limiter of messages counts with."""

    limits: limits.Limits

    async def admit_all(self, requests: Sequence[Sequence[Rule]]) -> list[float] | None:
        """Of each request charge every rule or none: 0.0 charged, else seconds to wait; None: no answer."""
        return await self.limits.admit_all([[_limit(rule) for rule in rules] for rules in requests])

    async def pause(self, scope: str, seconds: float) -> None:
        """Nothing passes this scope for so long."""
        await self.limits.pause(scope, seconds)


def _limit(rule: Rule) -> limits.Limit:
    return limits.Limit(scope=rule.scope, interval=rule.interval, burst=rule.burst)
