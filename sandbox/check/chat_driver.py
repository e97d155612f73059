"""Driving people of the sandbox Telegram, and reading what the bot says to them."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from messaging.telegram.texts.group import events_of
from sandbox.check.judge import AcceptedMessage
from sandbox.local import LocalSandbox
from sandbox.telegram.ledger import Entry

ANSWER_SECONDS = 15.0
START_SECONDS = 45.0
_LAST_SECONDS = 20.0
_QUIET_SECONDS = 2.0


class NoAnswerError(RuntimeError):
    """The bot did not say what it had to say in time; the text says what was waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who talks to the bot in private."""

    name: str
    user_id: int


class ChatDriver:
    """People and the bot in front of them."""

    def __init__(self, sandbox: LocalSandbox) -> None:
        self.sandbox = sandbox
        self._people = sandbox.telegram.people
        self._ledger = sandbox.telegram.ledger

    def add_person(self, name: str) -> Person:
        """Somebody new."""
        return Person(name=name, user_id=self._people.add_user(name).id)

    async def send(
        self, person: Person, text: str, *, until: str = "", seconds: float = ANSWER_SECONDS
    ) -> Entry:
        """Write to the bot; its next message that contains `until`.

        Raises:
            NoAnswerError: none came in time.
        """
        seq = self._ledger.last
        self._people.send(person.user_id, text)
        return await self.wait_for(person, until, since=seq, seconds=seconds, after=text)

    async def wait_for(
        self, person: Person, until: str, *, since: int, seconds: float = ANSWER_SECONDS, after: str = ""
    ) -> Entry:
        """The bot's first message or edit to this person after entry `since` that contains `until`.

        Raises:
            NoAnswerError: none came in time.
        """

        def wanted(entry: Entry) -> bool:
            said = entry.kind in {"message", "edit"} and entry.chat_id == person.user_id
            return said and until in (entry.text or "")

        try:
            return await self._ledger.wait_for(wanted, seq=since, seconds=seconds)
        except TimeoutError:
            reason = f"{person.name} waited {seconds:g} s for “{until}”"
            raise NoAnswerError(f"{reason} after “{after}”" if after else reason) from None

    async def press(self, person: Person, message: Entry, button: str) -> str:
        """Press the first button of a message whose text contains `button`; what the bot answered.

        Raises:
            NoAnswerError: there is no such button, or the press was not answered.
        """
        keyboard = message.message.reply_markup if message.message else None
        rows = keyboard.inline_keyboard if keyboard else ()
        texts = [key.text for row in rows for key in row if button in key.text]
        if not texts or message.message_id is None:
            raise NoAnswerError(f"the bot's message has no button “{button}”")
        answer = await self._people.press(person.user_id, message.message_id, texts[0])
        if not answer.answered:
            raise NoAnswerError(f"the button “{button}” was not answered")
        return answer.text or ""

    def messages(self, since: int) -> list[AcceptedMessage]:
        """Every message of the bot after entry `since`; of one that tells several events each by itself."""
        return [
            AcceptedMessage(chat_id=entry.chat_id or 0, text=text, at=entry.at_ms / 1000)
            for entry in self._ledger.since(since, kind="message")
            for text in events_of(entry.text or "")
        ]

    async def wait_for_messages(self, since: int, count: int) -> None:
        """Wait until `count` messages were accepted after `since`, then a little for one too many."""
        with suppress(TimeoutError):
            await self._ledger.wait_for(
                lambda _: len(self.messages(since)) >= count, seq=since, seconds=_LAST_SECONDS
            )
        await asyncio.sleep(_QUIET_SECONDS)

    def transcript(self, people: list[Person]) -> list[str]:
        """What these people and the bot said to each other, in order."""
        names = {person.user_id: person.name for person in people}
        buttons: dict[str, str] = {}
        lines = []
        for entry in self._ledger.since(0, kind="message,edit,user_message,press,callback_answer"):
            buttons |= _buttons(entry)
            pressed = str((entry.detail or {}).get("data")) if entry.kind == "press" else ""
            text = entry.text or buttons.get(pressed, "")
            if text and (entry.chat_id in names or entry.user_id in names):
                lines.append(_line(entry, names, text))
        return lines

    @property
    def last_seq(self) -> int:
        """The number of the newest entry."""
        return self._ledger.last


def _line(entry: Entry, names: dict[int, str], text: str) -> str:
    whom = names.get(entry.chat_id or entry.user_id or 0, "?")
    speaker = {
        "user_message": whom,
        "press": f"{whom} presses",
        "edit": f"bot → {whom} (edited)",
        "callback_answer": f"bot → {whom} (notice)",
    }.get(entry.kind, f"bot → {whom}")
    return f"{speaker}: " + text.replace("\n", "\n    ")


def _buttons(entry: Entry) -> dict[str, str]:
    """The buttons under a message: their texts by what they send."""
    keyboard = entry.message.reply_markup if entry.message else None
    rows = keyboard.inline_keyboard if keyboard else ()
    return {key.callback_data: key.text for row in rows for key in row if key.callback_data}
