"""From one update to its answer: who may ask, which handler, what is said. The inbox calls it in order."""

import asyncio
import contextlib
import logging
from dataclasses import dataclass, replace

from bot import permissions
from bot.dialog.reply import SILENCE, Reply
from bot.dialog.request import Command, Request, parse_command
from bot.dialog.update import Incoming, Membership, Message, Migration, Tap, read_update
from bot.routes import ANSWERS, ANYTHING_ELSE, COMMANDS, TAPS, UNKNOWN_COMMAND, Route
from bot.services.ports import Members, Questions, Speaker, Throttle
from bot.services.services import Desk
from domain.errors import BadInput, Unavailable
from messaging.telegram.callbacks import OldCallback
from messaging.telegram.escaping import escape, plain
from messaging.telegram.texts import help as texts
from messaging.telegram.texts.queues import you_are_banned
from messaging.telegram.texts.start import group_greeting
from runtime import clock
from storage.chats.sessions import Session
from storage.chats.updates import Turn

log = logging.getLogger(__name__)

ACKNOWLEDGE_SECONDS = 0.5
"""A tap is answered by then, though its handler be still at work."""
LATE_SECONDS = 600.0
"""An answer that comes later than this after its question says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Answers updates."""

    username: str
    """The bot's own name, without @."""
    desk: Desk
    speaker: Speaker
    members: Members
    questions: Questions
    throttle: Throttle

    async def attend(self, turn: Turn) -> None:
        """Do what an update asks.

        Raises:
            Unavailable: a server is away; nothing is wrong with the update, and it is to be tried again.
        """
        incoming = _read(turn)
        if isinstance(incoming, Message):
            await self._answer_message(incoming)
        elif isinstance(incoming, Tap):
            await self._answer_tap(incoming)
        elif isinstance(incoming, Membership):
            await self._note_membership(incoming)
        elif isinstance(incoming, Migration):
            await self.desk.chats.migrate(old_id=incoming.old_id, new_id=incoming.new_id)

    async def apologise(self, turn: Turn) -> None:
        """Tell the person that their update could not be handled."""
        incoming = _read(turn)
        asked = isinstance(incoming, Tap) or (
            isinstance(incoming, Message) and (incoming.place.is_private or incoming.text.startswith("/"))
        )
        if asked and isinstance(incoming, Message | Tap):
            await self.speaker.say(incoming.place, texts.failed())

    async def _answer_message(self, message: Message) -> None:
        command = parse_command(message.text)
        if command is not None and command.bot not in {"", self.username.lower()}:
            return
        session = await self._session(message) if command is None else None
        if command is None and session is None and not message.place.is_private:
            return  # people talk to each other
        if not await self._admits(message):
            return
        reply = await (self._converse(message, session) if command is None else self._obey(message, command))
        if reply.text and clock.unix() - message.sent_at > LATE_SECONDS and reply.ask is None:
            reply = replace(reply, text=texts.late(reply.text))
        message_id = await self._say(message, reply)
        await self._hand_over(message, reply)
        await self._ask(message, reply, message_id)

    async def _obey(self, message: Message, command: Command) -> Reply:
        route = COMMANDS.get(command.name)
        if route is None:
            named = message.place.is_private or command.bot
            route = UNKNOWN_COMMAND if named else Route(_nothing)
        elif command.name != "cancel":
            await self.desk.memory.forget(message.place.chat_id, message.user_id)
        request = replace(_request(message), command=command.name, words=command.words)
        return await self._handled(route, message, request)

    async def _session(self, message: Message) -> Session | None:
        """The question of ours that waits for this person's answer."""
        if not message.text:
            return None
        session = await self.desk.memory.read(message.place.chat_id, message.user_id)
        return session if session is not None and session.awaiting in ANSWERS else None

    async def _converse(self, message: Message, session: Session | None) -> Reply:
        """A message without a command: the answer to a question of ours, or anything else."""
        if session is None:
            return await self._handled(ANYTHING_ELSE, message, _request(message))
        await self.desk.memory.forget(message.place.chat_id, message.user_id)
        request = replace(_request(message), about=session.about)
        return await self._handled(ANSWERS[session.awaiting], message, request, session=session)

    async def _handled(
        self, route: Route, message: Message, request: Request, *, session: Session | None = None
    ) -> Reply:
        """What the handler replies, or why it was not asked; after a slip the conversation goes on."""
        try:
            await permissions.check(route.who, message, request, desk=self.desk, members=self.members)
            return await route.handler(request, self.desk)
        except permissions.NotAdmitted as refusal:
            return Reply(text=str(refusal))
        except BadInput as error:
            if session is not None:
                await self.desk.memory.write(message.place.chat_id, message.user_id, session)
            return Reply(text=escape(str(error)))

    async def _answer_tap(self, tap: Tap) -> None:
        if not await self._admits(tap):
            return
        async with asyncio.TaskGroup() as group:
            handling = group.create_task(self._outcome(tap), name=f"tap {tap.update_id}")
            done, _ = await asyncio.wait({handling}, timeout=ACKNOWLEDGE_SECONDS)
            if not done:
                await self._acknowledge_meanwhile(tap)
        outcome = handling.result()
        if isinstance(outcome, Exception):
            raise outcome
        if done:
            await self.speaker.acknowledge(tap.tap_id, outcome.note)
        message_id = await self._show(tap, outcome)
        await self._hand_over(tap, outcome)
        await self._ask(tap, outcome, message_id)

    async def _acknowledge_meanwhile(self, tap: Tap) -> None:
        """Stop the clock on the button; that it goes on turning is no reason to do the work again."""
        with contextlib.suppress(Unavailable):
            await self.speaker.acknowledge(tap.tap_id)

    async def _outcome(self, tap: Tap) -> Reply | Exception:
        """What the handler replies or raises; a task group would hide the error in a group of errors."""
        try:
            return await self._tapped(tap)
        except Exception as error:  # noqa: BLE001 - it is raised again by the caller
            return error

    async def _tapped(self, tap: Tap) -> Reply:
        try:
            callback = self.desk.callbacks.read(tap.data, chat_id=tap.place.chat_id, user_id=tap.user_id)
            route = TAPS.get(callback.verb)
            if route is None:
                raise OldCallback
            request = replace(
                _request(tap), verb=callback.verb, arguments=callback.arguments, markup=tap.markup
            )
            await permissions.check(route.who, tap, request, desk=self.desk, members=self.members)
            return await route.handler(request, self.desk)
        except (BadInput, permissions.NotAdmitted) as refusal:
            return Reply(note=str(refusal))

    async def _say(self, message: Message, reply: Reply) -> int | None:
        if not reply.text:
            return None
        reply_to = 0 if message.place.is_private else message.message_id
        return await self.speaker.say(message.place, reply.text, reply.keyboard, reply_to=reply_to)

    async def _show(self, tap: Tap, reply: Reply) -> int | None:
        if reply.in_place:
            await self.speaker.change(tap.place, tap.message_id, reply.text, reply.keyboard)
            return tap.message_id
        if not reply.text:
            return None
        return await self.speaker.say(tap.place, reply.text, reply.keyboard)

    async def _hand_over(self, asked: Message | Tap, reply: Reply) -> None:
        if reply.document is not None:
            await self.speaker.hand_over(asked.place, reply.document)

    async def _ask(self, asked: Message | Tap, reply: Reply, message_id: int | None) -> None:
        """Hand a slow question to a worker, who puts the answer into the message just sent."""
        if reply.ask is None:
            return
        if message_id is None:
            raise Unavailable("the message that is to hold an answer was not confirmed")
        await self.questions.ask(
            reply.ask.queue,
            reply.ask.subject,
            place=asked.place,
            message_id=message_id,
            update_id=asked.update_id,
        )

    async def _admits(self, asked: Message | Tap) -> bool:
        """Whether this person has not asked too much; told once a minute."""
        person = asked.user_id or asked.place.chat_id
        ban = await self.desk.people.ban_of(person)
        if ban is not None:
            return await self._turn_away(asked, you_are_banned(ban.reason))
        if await self.throttle.admits(person):
            return True
        return await self._turn_away(asked, texts.too_fast())

    async def _turn_away(self, asked: Message | Tap, why: str) -> bool:
        """Say why nothing more is said, once a minute; always false."""
        if isinstance(asked, Tap):
            await self.speaker.acknowledge(asked.tap_id, plain(why))
        elif await self.throttle.may_warn(asked.user_id or asked.place.chat_id):
            await self.speaker.say(asked.place, why)
        return False

    async def _note_membership(self, change: Membership) -> None:
        if not change.is_member:
            reason = "blocked" if change.place.is_private else "removed"
            await self.desk.chats.close(change.place.chat_id, reason)
            return
        if await self.desk.people.ban_of(change.place.chat_id) is None:
            await self.desk.chats.open(change.place)
        if not change.place.is_private and not change.was_member:
            await self.speaker.say(change.place, group_greeting())


def _read(turn: Turn) -> Incoming | None:
    try:
        return read_update(turn.payload)
    except ValueError as error:
        log.warning("Update %d has a shape that is not known: %s", turn.update_id, error)
        return None


def _request(asked: Message | Tap) -> Request:
    return Request(
        update_id=asked.update_id,
        place=asked.place,
        user_id=asked.user_id,
        message_id=asked.message_id,
        words=asked.text if isinstance(asked, Message) else "",
        reply_to=asked.reply_to if isinstance(asked, Message) else 0,
    )


async def _nothing(request: Request, desk: Desk) -> Reply:
    del request, desk
    return SILENCE
