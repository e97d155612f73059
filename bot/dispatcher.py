"""Dispatches one update: checks permissions, calls the handler, and sends the reply."""

import asyncio
import contextlib
import logging
from dataclasses import dataclass

from msgspec import structs

from bot import confirmation, permissions
from bot.acting import read_callback, redirected
from bot.admission import Admission
from bot.dialog.edits import may_run, note_wording
from bot.dialog.pressed import as_private_reply, replacing_message, without_repetition
from bot.dialog.reply_actions import SentReply, complete, send_reply, show_reply
from bot.dialog.request import NO_REPLY, Command, Reply, Request, parse_command, request_of
from bot.dialog.responder import Responder
from bot.dialog.update import (
    CallbackQuery,
    Departure,
    Incoming,
    Membership,
    Message,
    Migration,
    read_update,
)
from bot.dialog.update_context import current_update
from bot.permissions import Throttle
from bot.route import Route
from bot.routes import (
    ANSWERS,
    COMMANDS,
    UNKNOWN_COMMAND,
    callback_route,
    text_route,
)
from bot.welcome import note_departure, welcome
from domain.errors import BadInput, Unavailable
from messaging.languages.locale import ENGLISH
from messaging.telegram.bad_input import refusal, refusal_html
from messaging.telegram.texts import help as texts
from runtime import clock
from services.acts import groups
from services.acts.languages import locale_of_chat
from services.members import GroupMembers
from services.services import Services
from services.stores.questions import QuestionStore
from storage.chats.sessions import Session
from storage.chats.update_leases import UpdateLease
from storage.chats.updates import ReceivedUpdate

log = logging.getLogger(__name__)

ANSWER_SECONDS = 0.5
"""A callback query is answered by then, though its handler may still run."""
LATE_SECONDS = 600.0
"""A reply that comes later than this after its message says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateDispatcher:
    """Handles updates."""

    username: str
    """The bot's own name, without @."""
    services: Services
    responder: Responder
    members: GroupMembers
    questions: QuestionStore
    throttle: Throttle
    admission: Admission

    async def handle_update(self, lease: UpdateLease) -> None:
        """Handle an update.

        Raises:
            Unavailable: a server is unavailable; nothing is wrong with the update, and it is to be tried
                again.
        """
        incoming = _read(lease)
        if lease.is_shut and await self._is_silent(incoming):
            return
        if isinstance(incoming, Message):
            await self._handle_message(incoming)
        elif isinstance(incoming, CallbackQuery):
            await self._handle_query(incoming)
        elif isinstance(incoming, Membership):
            await welcome(self.services, self.responder, incoming)
        elif isinstance(incoming, Departure):
            await note_departure(self.services, self.responder, incoming, username=self.username)
        elif isinstance(incoming, Migration):
            await self.services.chats.migrate(old_id=incoming.old_id, new_id=incoming.new_id)
        if lease.is_shut and isinstance(incoming, Message | CallbackQuery):
            # Afterwards, so that /status can still say that the chat was closed, and why.
            await self.services.chats.heard(incoming.target.chat_id)

    async def reply_failure(self, lease: UpdateLease) -> None:
        """Notify the person that their update failed."""
        incoming = _read(lease)
        asked = isinstance(incoming, CallbackQuery) or (
            isinstance(incoming, Message) and (incoming.target.is_private or incoming.text.startswith("/"))
        )
        if asked and isinstance(incoming, Message | CallbackQuery):
            locale = await locale_of_chat(self.services, incoming.target.chat_id)
            await self.responder.send(incoming.target, texts.failed(locale=locale))

    async def tell_limited(self, update: ReceivedUpdate) -> None:
        """Notify the chat of this update that it is over its limit, and that the update is skipped.

        Raises:
            Unavailable: Telegram does not take the words.
        """
        incoming = read_update(update.payload)
        if isinstance(incoming, Message | CallbackQuery):
            text = texts.too_fast(locale=await locale_of_chat(self.services, update.chat_id))
            await self.throttle.warn(update.chat_id, lambda: self.responder.send(incoming.target, text))

    async def _handle_message(self, message: Message) -> None:
        command = parse_command(message.text)
        if command is not None and command.bot not in {"", self.username.lower()}:
            return
        if message.is_edited and not await may_run(self.services, message):
            return
        is_request = command is not None or message.target.is_private
        if is_request:
            self.services.rules.read_ahead(message.target.chat_id)
        session = await self.admission.session_of(message, is_request=is_request)
        if session is None:
            return
        has_content = bool(message.text) or message.file is not None
        is_answer = command is None and has_content and session.awaiting in ANSWERS
        if not is_request and not (is_answer and await self.admission.admits(message)):
            return  # people talk to each other
        is_answered = False
        request = await self._localized(request_of(message, session, command, bot=self.username))
        if command is not None:
            reply = await self._run_command(message, command, request)
        elif is_answer:
            reply, is_answered = await self._handle_answer(message, session, request)
        else:
            reply = await self._call_handler(text_route(message.text, message.file), message, request)
        if reply.text and clock.unix() - message.sent_at > LATE_SECONDS and reply.question is None:
            reply = structs.replace(reply, text=texts.late(reply.text, locale=request.locale))
        message_id = await send_reply(self.responder, message, reply)
        await complete(
            self.responder, self.questions, message, SentReply(reply, message_id), locale=request.locale
        )
        await note_wording(self.services, message, is_misunderstood=reply.is_misunderstood)
        if is_answered:  # only now: an update whose reply is not accepted is handled again, as an answer
            await self.services.sessions.end(session)

    async def _run_command(self, message: Message, command: Command, request: Request) -> Reply:
        route = COMMANDS.get(command.name)
        session = request.session
        if route is None:
            is_meant = message.target.is_private or command.bot
            route = UNKNOWN_COMMAND if is_meant else Route(_ignore)
        elif command.name != "cancel" and session is not None and await self.services.sessions.end(session):
            request = structs.replace(
                request, session=Session(chat_id=session.chat_id, user_id=session.user_id)
            )
        return await self._call_handler(route, message, request)

    async def _handle_answer(
        self, message: Message, session: Session, request: Request
    ) -> tuple[Reply, bool]:
        """Handle the answer to the bot's question; return whether the question is done with.

        After bad input it stands. What the handler asks in its turn is a later version of the session.
        """
        route, request = ANSWERS[session.awaiting], structs.replace(request, about=session.about)
        try:
            return await route.handler(await self._permitted(route, message, request), self.services), True
        except permissions.PermissionDenied as denial:
            return Reply(text=str(denial)), True
        except BadInput as error:
            await self.services.sessions.save(session, awaiting=session.awaiting, about=session.about)
            return Reply(text=refusal_html(error, locale=request.locale)), False

    async def _call_handler(self, route: Route, message: Message, request: Request) -> Reply:
        """Call the handler if the person has permission."""
        try:
            return await route.handler(await self._permitted(route, message, request), self.services)
        except permissions.PermissionDenied as denial:
            return Reply(text=str(denial))
        except BadInput as error:
            return Reply(text=refusal_html(error, locale=request.locale), is_misunderstood=True)

    async def _permitted(self, route: Route, asked: Message | CallbackQuery, request: Request) -> Request:
        """The request as this person may make it: read-only where looking is free to all.

        Raises:
            PermissionDenied: they may not make it at all.
        """
        try:
            await permissions.check(
                route.permission, asked, route.named(request), services=self.services, members=self.members
            )
        except permissions.PermissionDenied as denial:
            if not route.allows_read_only or isinstance(denial, permissions.SwitchedOff):
                raise
            return structs.replace(request, is_read_only=True)
        return await redirected(self.services, route, request)

    async def _handle_query(self, query: CallbackQuery) -> None:
        if not await self.admission.admits(query):
            return
        async with asyncio.TaskGroup() as group:
            handling = group.create_task(
                self._reply_or_error(query), name=f"callback query {query.update_id}"
            )
            done, _ = await asyncio.wait({handling}, timeout=ANSWER_SECONDS)
            if not done:
                await self._answer_early(query)
        reply = handling.result()
        if isinstance(reply, Exception):
            raise reply
        if done:
            await self.responder.answer_callback(query.query_id, reply.note)
        sent = await show_reply(self.responder, query, reply)
        locale = (
            await locale_of_chat(self.services, query.target.chat_id) if reply.then is not None else ENGLISH
        )
        await complete(self.responder, self.questions, query, sent, locale=locale)

    async def _answer_early(self, query: CallbackQuery) -> None:
        """Stop the button's progress bar; a failure here is no reason to handle the update again."""
        with contextlib.suppress(Unavailable):
            await self.responder.answer_callback(query.query_id)

    async def _reply_or_error(self, query: CallbackQuery) -> Reply | Exception:
        """Return what the handler replies or raises; a task group would wrap the error in a group."""
        try:
            return await self._run_callback(query)
        except Exception as error:  # noqa: BLE001 - the caller raises it again
            return error

    async def _run_callback(self, query: CallbackQuery) -> Reply:
        asked = await self._localized(request_of(query, bot=self.username))
        try:
            callback, target = await read_callback(self.services, query)
            request = structs.replace(
                asked,
                target=target,
                verb=callback.verb,
                arguments=callback.arguments,
                markup=query.markup,
            )
            route, request = await callback_route(self.services, request)
            request = await self._permitted(route, query, request)
            reply = replacing_message(request, await route.handler(request, self.services))
            reply = await as_private_reply(request, self.services, reply)
            return await without_repetition(request, self.services, reply)
        except BadInput as error:
            return Reply(note=refusal(error, locale=asked.locale))
        except permissions.PermissionDenied as denial:
            return Reply(note=str(denial))

    async def _is_silent(self, incoming: Incoming | None) -> bool:
        """Whether no admin has confirmed the group yet; then one is asked to, and nothing else is done."""
        if not isinstance(incoming, Message | CallbackQuery):
            return False
        if not await groups.is_unconfirmed(self.services, incoming.target):
            return False
        await self._ask_to_confirm(incoming)
        return True

    async def _ask_to_confirm(self, asked: Message | CallbackQuery) -> None:
        locale = await locale_of_chat(self.services, asked.target.chat_id)
        if isinstance(asked, CallbackQuery):
            await confirmation.answer_query(
                self.services, self.responder, asked, username=self.username, locale=locale
            )
        else:
            await confirmation.answer_message(
                self.services, self.responder, self.throttle, asked, username=self.username, locale=locale
            )

    async def _localized(self, request: Request) -> Request:
        """The request, with what its chat reads."""
        locale = await locale_of_chat(self.services, request.target.chat_id)
        if (context := current_update()) is not None:
            context.locale = locale
        return structs.replace(request, locale=locale) if locale is not ENGLISH else request


def _read(lease: UpdateLease) -> Incoming | None:
    try:
        return read_update(lease.payload)
    except ValueError as error:
        log.warning("Update %d has a shape that is not known: %s", lease.update_id, error)
        return None


async def _ignore(request: Request, services: Services) -> Reply:
    del request, services
    return structs.replace(NO_REPLY, is_misunderstood=True)
