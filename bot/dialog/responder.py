"""Sends the bot's replies; a call that Telegram surely rejected is retried.

The worker of an update is free for others when its reply begins to wait for a limit.

What may have arrived is sent once more at most, and the second copy says so: when Telegram's answer did not
come, and when the update is handled again after an error or the end of the instance that had it.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.dialog.copies import counting_copies, in_time, marked, twice
from bot.dialog.request import Document, Keyboard
from bot.dialog.update_context import current_update, leave_worker
from domain.backoff import Backoff
from domain.chats import ChatTarget
from domain.delivery.results import TOKEN_REJECTED_WAIT, SendResult, SendStatus
from domain.errors import TelegramUnavailable, Unavailable
from domain.rules.lanes import Lane
from messaging.sending.rate_limiter import Limiter
from messaging.telegram.methods import File, Message, Methods, Receiver
from runtime.clock import monotonic, unix
from runtime.deadlines import Deadlines
from runtime.observability.traces import stage
from storage.chats.update_leases import MAX_COPIES

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 4
MAX_WAIT_SECONDS = 5.0
"""If Telegram asks for a longer wait, the update queue tries again; other chats continue meanwhile."""
MAX_ADMISSION_SECONDS = 15.0
"""How long a reply waits for the limits; its worker handles others meanwhile."""
CALL_SECONDS = 9.0
"""How long Telegram may take to answer a call: with a wait for the limits less than an update may take. So an
edge that stalls is seen to do so, and second copies wait until it answers."""
UPLOAD_SECONDS = 20.0
"""The same of a file."""
MAX_NOTE_CHARACTERS = 200
NEVER = 0
"""In the place of a message's id: it can never arrive."""
_NEVER = frozenset({SendStatus.UNDELIVERABLE, SendStatus.CHAT_CLOSED, SendStatus.CHAT_SUSPENDED})
_BACKOFF = Backoff(first_wait=0.3, max_wait=2.0)
Call = Callable[[int], Awaitable[SendResult]]
"""One call of the Bot API for the chat with this id."""


class NotAccepted(Unavailable):
    """Telegram surely did not take the call; the update is to be handled again later."""


class Responder:
    """Sends, edits and answers through the Bot API, in the lane of the replies.

    Args:
        methods: the methods of the Bot API.
        limiter: the limits that all processes share.
    """

    def __init__(self, methods: Methods, limiter: Limiter) -> None:
        self._methods = methods
        self._limiter = limiter
        self._calls, self._uploads = Deadlines(), Deadlines()

    async def send(
        self,
        target: ChatTarget,
        text: str,
        keyboard: Keyboard | None = None,
        *,
        reply_to: int = 0,
        rich: str = "",
    ) -> int | None:
        """Send a message, and once more if Telegram's answer does not come: a person waits for it.

        Args:
            target: where the message goes.
            text: Telegram HTML.
            keyboard: the buttons below it.
            reply_to: the message that it replies to; 0: none.
            rich: the same for servers that take rich messages; empty: none.

        Returns:
            The message's id; None: nobody knows whether it arrived; NEVER: it can never arrive.
        """
        update_context = current_update()
        copies = 0 if update_context is None else update_context.copies
        if copies >= MAX_COPIES:
            return None
        message = Message(
            chat_id=target.chat_id,
            topic_id=target.topic_id,
            text=marked(text) if copies else text,
            keyboard=_markup(keyboard),
            reply_to=reply_to or None,
            rich="" if copies else rich,
        )
        result = await self._send(message, is_repeat=copies > 0)
        if result.status is SendStatus.AMBIGUOUS and not copies:
            result = await self._send(replace(message, text=marked(text), rich=""), is_repeat=True)
        return NEVER if result.status in _NEVER else result.message_id

    async def send_to_one(
        self, target: ChatTarget, text: str, keyboard: Keyboard | None, receiver: Receiver
    ) -> SendResult:
        """Send what one person alone sees, or everybody where Telegram cannot do that; what came of it.

        Args:
            target: where the person is.
            text: Telegram HTML.
            keyboard: the buttons below it.
            receiver: the person, and the press that is answered.
        """
        chat, markup = target.chat_id, _markup(keyboard)
        return await self._send(
            Message(chat_id=chat, topic_id=target.topic_id, text=text, keyboard=markup, receiver=receiver)
        )

    async def edit(
        self,
        target: ChatTarget,
        message_id: int,
        text: str,
        keyboard: Keyboard | None = None,
        *,
        receiver: Receiver | None = None,
    ) -> None:
        """Replace the text and the buttons of one of the bot's messages.

        Args:
            target: where the message stands.
            message_id: the message.
            text: Telegram HTML; empty: only the buttons change.
            keyboard: the new buttons; None: no buttons.
            receiver: who alone sees the message; None: everybody.

        Raises:
            NotAccepted: nobody knows whether the text stands there; the update is to be handled again.
        """
        message = Message(chat_id=target.chat_id, text=text, keyboard=_markup(keyboard), receiver=receiver)
        if not text and receiver is None:
            await twice(lambda: self._edit_buttons(message, message_id))
        elif (await twice(lambda: self._edit(message, message_id))).status is SendStatus.AMBIGUOUS:
            raise NotAccepted("Telegram does not answer an edit")

    async def delete(self, target: ChatTarget, message_id: int) -> None:
        """Delete a message where the bot may: any in a private chat, all in a group whose admin it is."""
        parameters: dict[str, object] = {"chat_id": target.chat_id, "message_id": message_id}
        await self._until_final(0, lambda _: self._methods.call("deleteMessage", parameters))

    async def is_paused(self) -> bool:
        """Whether Telegram takes nothing from anybody at present."""
        return await self._limiter.standstill() > 0

    async def send_document(
        self, target: ChatTarget, document: Document, *, is_alone: bool = True
    ) -> int | None:
        """Send a file, and once more if Telegram's answer does not come; its message's id as with `send`.

        Args:
            target: where it goes.
            document: the file.
            is_alone: it is the whole reply; else its text counts the copies of both.
        """
        update_context = current_update()
        copies = 0 if update_context is None else update_context.copies
        if is_alone and copies >= MAX_COPIES:
            return None

        async def send(*, is_repeat: bool) -> SendResult:
            return await self._send_document(target, document, is_repeat=is_repeat, is_counted=is_alone)

        result = await send(is_repeat=copies > 0)
        if result.status is SendStatus.AMBIGUOUS and not copies:
            result = await send(is_repeat=True)
        return NEVER if result.status in _NEVER else result.message_id

    async def _send_document(
        self, target: ChatTarget, document: Document, *, is_repeat: bool, is_counted: bool
    ) -> SendResult:
        caption = marked(document.caption) if is_repeat else document.caption
        parameters: dict[str, object] = {"caption": caption}
        if target.topic_id:
            parameters["message_thread_id"] = target.topic_id
        kind = "photo" if document.is_picture else "document"
        file = File(field=kind, name=document.name, content=document.content)

        async def send(chat_id: int) -> SendResult:
            sending = self._methods.call(f"send{kind.capitalize()}", {**parameters, "chat_id": chat_id}, file)
            return await (counting_copies(sending) if is_counted else sending)

        return await self._until_final(target.chat_id, send, is_repeat=is_repeat, is_file=True)

    async def answer_callback(self, query_id: str, note: str = "", *, url: str = "") -> None:
        """Stop the progress bar on a pressed button; an old query needs no answer.

        Args:
            query_id: of the press.
            note: a few words over the button; plain text.
            url: a link to this bot that is opened instead; empty: none.
        """
        parameters: dict[str, object] = {"callback_query_id": query_id}
        if url:
            parameters["url"] = url
        if note:
            parameters["text"] = note[:MAX_NOTE_CHARACTERS]
        await twice(
            lambda: self._until_final(0, lambda _: self._methods.call("answerCallbackQuery", parameters))
        )

    async def _send(self, message: Message, *, is_repeat: bool = False) -> SendResult:
        async def send(chat_id: int) -> SendResult:
            moved = message if chat_id == message.chat_id else replace(message, chat_id=chat_id)
            return await counting_copies(self._methods.send(moved))

        return await self._until_final(message.chat_id, send, is_repeat=is_repeat)

    async def _edit(self, message: Message, message_id: int) -> SendResult:
        return await self._until_final(
            message.chat_id, lambda chat_id: self._methods.edit(replace(message, chat_id=chat_id), message_id)
        )

    async def _edit_buttons(self, message: Message, message_id: int) -> SendResult:
        parameters: dict[str, object] = {"message_id": message_id}
        if message.keyboard is not None:
            parameters["reply_markup"] = message.keyboard
        return await self._until_final(
            message.chat_id,
            lambda chat_id: self._methods.call("editMessageReplyMarkup", {**parameters, "chat_id": chat_id}),
        )

    async def _until_final(
        self, chat_id: int, call: Call, *, is_repeat: bool = False, is_file: bool = False
    ) -> SendResult:
        """Call until the result is final: anything but a refusal that passes.

        Args:
            chat_id: whose limits count; 0: none, as for answers to callback queries.
            call: makes one attempt.
            is_repeat: its first copy may have arrived.
            is_file: the call takes a file along.

        Raises:
            TelegramUnavailable: Telegram answers nobody at present.
            NotAccepted: the attempts are used up, or Telegram asks for a longer wait than MAX_WAIT_SECONDS.
        """
        limits, seconds = (self._uploads, UPLOAD_SECONDS) if is_file else (self._calls, CALL_SECONDS)
        for attempt in range(1, MAX_ATTEMPTS + 1):
            await self._await_limits(chat_id, is_repeat=is_repeat)
            began = monotonic()
            with stage("reply", number=int(unix() * 1_000_000)):
                result = await in_time(call(chat_id), limits.task(seconds))
            await self._limiter.observe(result, began=began)
            if result.status is SendStatus.MIGRATED and result.new_chat_id is not None:
                chat_id = result.new_chat_id
            elif result.status is SendStatus.TOKEN_REJECTED:
                raise NotAccepted("Telegram refuses the bot's token", retry_after=TOKEN_REJECTED_WAIT)
            elif result.status is not SendStatus.REFUSED:
                return _logged(result)
            else:
                await self._wait_after_refusal(chat_id, result, attempt)
        raise NotAccepted("Telegram does not take a reply")

    async def _await_limits(self, chat_id: int, *, is_repeat: bool) -> None:
        if chat_id == 0:
            if (standstill := await self._limiter.standstill()) > 0:
                raise TelegramUnavailable("Telegram does not answer", retry_after=standstill)
            return
        use = leave_worker()
        wait = await self._limiter.admit(
            chat_id, patience=MAX_ADMISSION_SECONDS, lane=Lane.REPLIES, is_repeat=is_repeat, use=use
        )
        if wait > 0 and self._limiter.is_standing_still:
            raise TelegramUnavailable("Telegram does not answer", retry_after=wait)
        if wait > 0:
            raise NotAccepted("the chat has had enough for now", retry_after=wait)

    async def _wait_after_refusal(self, chat_id: int, result: SendResult, attempt: int) -> None:
        wait = result.retry_after
        if wait is not None and chat_id:
            await self._limiter.refused(chat_id, wait)
        if wait is not None and wait > MAX_WAIT_SECONDS:
            raise NotAccepted("Telegram asks for a pause", retry_after=wait)
        pause = _BACKOFF.wait(attempt, random.random())  # noqa: S311 - spreads retries, guards nothing
        await asyncio.sleep(pause if wait is None else wait)


def _logged(result: SendResult) -> SendResult:
    if result.status is not SendStatus.ACCEPTED:
        log.info("A reply is %s: %s", result.status.value, result.reason)
    return result


def _markup(keyboard: Keyboard | None) -> dict[str, object] | None:
    return None if keyboard is None else keyboard.to_dict()
