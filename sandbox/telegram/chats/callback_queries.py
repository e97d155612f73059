"""Callback queries that wait for the bot's answer: buttons that people have pressed."""

import asyncio
import secrets
from collections import OrderedDict
from dataclasses import dataclass

from msgspec import Struct

_LIFE = 60.0  # seconds after which Telegram refuses an answer
_EPHEMERAL = 15.0  # seconds after a press in which its person may get a message of their own
_MAX_KEPT = 10_000


class CallbackAnswer(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The bot's answer to a callback query, if there was one.

    `{"answered":true,"text":"Muted.","show_alert":false}`.
    """

    answered: bool
    text: str | None = None
    show_alert: bool = False
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCallbackQuery:
    """One callback query that waits."""

    chat_id: int
    message_id: int
    user_id: int
    data: str
    at: float  # monotonic seconds
    answer: asyncio.Future[CallbackAnswer]


class CallbackQueries:
    """The callback queries of one bot that wait, by id."""

    def __init__(self, life: float = _LIFE) -> None:
        self._life = life
        self._waiting: OrderedDict[str, OpenCallbackQuery] = OrderedDict()
        self._answered: OrderedDict[str, OpenCallbackQuery] = OrderedDict()

    def open(
        self, *, chat_id: int, message_id: int, user_id: int, data: str
    ) -> tuple[str, OpenCallbackQuery]:
        """Open a callback query; its id, and the query.

        Args:
            chat_id: where the button is.
            message_id: under which it stands.
            user_id: who pressed it.
            data: of the button, which the bot gets back.
        """
        loop = asyncio.get_running_loop()
        query_id = str(secrets.randbits(62))
        press = OpenCallbackQuery(
            chat_id=chat_id,
            message_id=message_id,
            user_id=user_id,
            data=data,
            at=loop.time(),
            answer=loop.create_future(),
        )
        self._waiting[query_id] = press
        if len(self._waiting) > _MAX_KEPT:
            self._waiting.popitem(last=False)
        return query_id, press

    def is_recent(self, query_id: str, user_id: int) -> bool:
        """Return whether this person has pressed within the time in which an ephemeral message may answer."""
        press = self._waiting.get(query_id) or self._answered.get(query_id)
        now = asyncio.get_running_loop().time()
        return press is not None and press.user_id == user_id and now - press.at <= _EPHEMERAL

    def answer(self, query_id: str, answer: CallbackAnswer) -> OpenCallbackQuery | None:
        """Answer a query; None: it is unknown, answered already, or too old."""
        press = self._waiting.pop(query_id, None)
        if press is not None:
            self._answered[query_id] = press
            if len(self._answered) > _MAX_KEPT:
                self._answered.popitem(last=False)
        if press is None or asyncio.get_running_loop().time() - press.at > self._life:
            return None
        if not press.answer.done():
            press.answer.set_result(answer)
        return press
