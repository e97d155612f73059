"""How the bot speaks: tries again what surely was not heard, and once, marked, what may have been."""

import asyncio
import logging
import random
from typing import Any

from bot.dialog.reply import Document, Keyboard
from domain.chats import ChatTarget
from domain.delivery.deliveries import SendResult, SendStatus
from domain.errors import Unavailable
from domain.rules.lanes import Lane
from messaging.sending.rate_limiter import Limiter
from messaging.telegram.answers import is_markup_refusal
from messaging.telegram.escaping import plain
from messaging.telegram.methods import File, Methods
from runtime.observability import metrics
from runtime.processes.backoff import Backoff

log = logging.getLogger(__name__)

TRIES = 4
PATIENCE = 5.0
"""A longer wait that Telegram asks for is left to the inbox, which lets other chats go on meanwhile."""
STOPPED_SECONDS = 30.0
LONGEST_NOTE = 200
POSSIBLE_REPEAT = "♻️ Possible repeat: Telegram did not confirm the first copy"
_BACKOFF = Backoff(first_wait=0.3, max_wait=2.0)
_NO_PREVIEW = {"is_disabled": True}


class NotAccepted(Unavailable):
    """Telegram surely did not take what was said; it is to be said again later."""


class Responder:
    """Speaks through the Bot API."""

    def __init__(self, methods: Methods, limiter: Limiter) -> None:
        self._methods = methods
        self._limiter = limiter

    async def say(
        self, target: ChatTarget, text: str, keyboard: Keyboard | None = None, *, reply_to: int = 0
    ) -> int | None:
        """Send a message; its id, or None: nobody can say whether it arrived, or it never can.

        If Telegram's answer is lost it is said once more and says so: somebody waits for it.
        """
        parameters: dict[str, object] = {"chat_id": target.chat_id}
        if target.topic_id:
            parameters["message_thread_id"] = target.topic_id
        if reply_to:
            parameters["reply_parameters"] = {"message_id": reply_to, "allow_sending_without_reply": True}
        result = await self._speak("sendMessage", parameters, text, keyboard)
        if result.status is SendStatus.AMBIGUOUS:
            metrics.telegram_fallbacks.labels("repeat").inc()
            result = await self._speak("sendMessage", parameters, f"{POSSIBLE_REPEAT}\n{text}", keyboard)
        return result.message_id

    async def change(
        self, target: ChatTarget, message_id: int, text: str, keyboard: Keyboard | None = None
    ) -> None:
        """Put another text and other buttons into one of our messages; no text: only the buttons."""
        parameters: dict[str, object] = {"chat_id": target.chat_id, "message_id": message_id}
        for _ in range(2):  # the same edit twice is one, so a lost answer does no harm
            if text:
                result = await self._speak("editMessageText", parameters, text, keyboard)
            else:
                result = await self._call("editMessageReplyMarkup", parameters | _markup(keyboard))
            if result.status is not SendStatus.AMBIGUOUS:
                return

    async def hand_over(self, target: ChatTarget, document: Document) -> int | None:
        """Send a file; its message's id, or None as with `say`."""
        parameters: dict[str, object] = {"chat_id": target.chat_id, "caption": document.caption}
        if target.topic_id:
            parameters["message_thread_id"] = target.topic_id
        file = File(field="document", name=document.name, content=document.content)
        result = await self._call("sendDocument", parameters, file)
        return result.message_id

    async def acknowledge(self, query_id: str, text: str = "") -> None:
        """Stop the clock on a tapped button, with a short note over it; one that is too old needs none."""
        note: dict[str, object] = {"text": text[:LONGEST_NOTE]} if text else {}
        await self._call("answerCallbackQuery", {"callback_query_id": query_id, **note})

    async def _speak(
        self, method: str, parameters: dict[str, object], text: str, keyboard: Keyboard | None
    ) -> SendResult:
        """Say HTML; where Telegram cannot read it, the same as plain text, once."""
        common = {**parameters, "link_preview_options": _NO_PREVIEW, **_markup(keyboard)}
        result = await self._call(method, {**common, "text": text, "parse_mode": "HTML"})
        if not is_markup_refusal(result):
            return result
        log.error("Telegram cannot read the markup of a reply: %s", result.reason)
        return await self._call(method, {**common, "text": plain(text)})

    async def _call(self, method: str, parameters: dict[str, Any], file: File | None = None) -> SendResult:
        """Call until there is an outcome other than a refusal that passes.

        Raises:
            NotAccepted: the tries are used up, or Telegram asks for more patience than this.
        """
        for attempt in range(1, TRIES + 1):
            await self._admitted(parameters)
            result = await self._methods.call(method, parameters, file)
            metrics.telegram_requests.labels(method, result.status.value).inc()
            if result.status is SendStatus.MIGRATED:
                parameters = {**parameters, "chat_id": result.new_chat_id}
            elif result.status is SendStatus.TOKEN_REJECTED:
                raise NotAccepted("Telegram refuses the bot's token", retry_after=STOPPED_SECONDS)
            elif result.status is not SendStatus.REFUSED:
                return _told(method, result)
            else:
                await self._patiently(parameters, result, attempt)
        raise NotAccepted(f"Telegram does not take {method}")

    async def _admitted(self, parameters: dict[str, Any]) -> None:
        """Wait for leave to write into a chat; answers to taps need none."""
        chat_id = parameters.get("chat_id")
        if not isinstance(chat_id, int):
            return
        wait = await self._limiter.admit(chat_id, patience=PATIENCE, lane=Lane.REPLIES)
        if wait > 0:
            raise NotAccepted("the chat has had enough for now", retry_after=wait)

    async def _patiently(self, parameters: dict[str, Any], result: SendResult, attempt: int) -> None:
        wait, chat_id = result.retry_after, parameters.get("chat_id")
        if wait is not None and isinstance(chat_id, int):
            await self._limiter.refused(chat_id, wait)
        if wait is not None and wait > PATIENCE:
            raise NotAccepted("Telegram asks for a pause", retry_after=wait)
        pause = _BACKOFF.wait(attempt, random.random())  # noqa: S311 - spreads retries, guards nothing
        await asyncio.sleep(pause if wait is None else wait)


def _told(method: str, result: SendResult) -> SendResult:
    if result.status is not SendStatus.ACCEPTED:
        log.info("%s: %s (%s)", method, result.status.value, result.reason)
    return result


def _markup(keyboard: Keyboard | None) -> dict[str, object]:
    return {} if keyboard is None else {"reply_markup": keyboard.to_dict()}
