"""Drives people of the sandbox Telegram, and reads what the bot sends them."""

from collections.abc import Sequence
from dataclasses import dataclass

from messaging.telegram.texts.group import events_of
from sandbox.check.judge import AcceptedMessage, Expected, judge
from sandbox.local import LocalSandbox
from sandbox.telegram.ledger import Entry

ANSWER_SECONDS = 25.0
"""How long a person waits: a machine that runs several systems at once may be that slow."""
START_SECONDS = 45.0
MISSING_SECONDS = 20.0
"""How long the ledger must stay unchanged before what has not come counts as missing."""
SURPLUS_SECONDS = 2.0
"""How long the ledger must stay unchanged, after the last window, before nothing more counts as surplus."""
_CHANGES = "message,edit,delete"
_REPEATED = 3
"""Messages that an error repeats, the latest."""


class NoAnswerError(RuntimeError):
    """The bot did not answer in time; the text says what was waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who writes to the bot in private."""

    name: str
    user_id: int


class ChatDriver:
    """People, and the bot that they write to.

    Args:
        sandbox: its Telegram is driven.
        coalesce_seconds: how long the system holds messages back to send a burst as one.
    """

    def __init__(self, sandbox: LocalSandbox, *, coalesce_seconds: float = 0.0) -> None:
        self.sandbox = sandbox
        self._coalesce_seconds = coalesce_seconds
        self._people = sandbox.telegram.people
        self._ledger = sandbox.telegram.ledger

    def add_person(self, name: str) -> Person:
        """Create a user."""
        return Person(name=name, user_id=self._people.add_user(name).id)

    async def send(
        self, person: Person, text: str, *, until: str = "", seconds: float = ANSWER_SECONDS
    ) -> Entry:
        """Write to the bot; its first message below that contains a text, at once or after an edit.

        An edit of a message above is no answer: it belongs to an earlier question, or to an alert.

        Args:
            person: who writes, in private.
            text: what is written.
            until: a part of the answer; empty: any message counts.
            seconds: how long to wait.

        Raises:
            NoAnswerError: none came in time.
        """
        seq = self._ledger.last
        sent = self._people.send(person.user_id, text)
        try:
            return await self._first(person, until, since=seq, seconds=seconds, below=sent.message_id)
        except NoAnswerError as error:
            raise NoAnswerError(f"after “{text}” {error}") from None

    async def wait_for(
        self, person: Person, until: str, *, since: int, seconds: float = ANSWER_SECONDS
    ) -> Entry:
        """The bot's first message or edit to this person after entry `since` that contains `until`.

        Args:
            person: the chat to look into.
            until: a part of the text.
            since: the number of a ledger entry.
            seconds: how long to wait.

        Raises:
            NoAnswerError: none came in time; says what came instead.
        """
        return await self._first(person, until, since=since, seconds=seconds)

    async def _first(
        self, person: Person, until: str, *, since: int, seconds: float, below: int = 0
    ) -> Entry:
        def is_answer(entry: Entry) -> bool:
            by_bot = entry.kind in {"message", "edit"} and entry.chat_id == person.user_id
            return by_bot and (entry.message_id or 0) > below and until in (entry.text or "")

        try:
            return await self._ledger.wait_for(is_answer, seq=since, seconds=seconds)
        except TimeoutError:
            waited = f"{person.name} waited {seconds:g} s for “{until}”"
            raise NoAnswerError(f"{waited}; {self._came_instead(person, since)}") from None

    def _came_instead(self, person: Person, since: int) -> str:
        came = self._ledger.since(since, chat_id=person.user_id, kind="message,edit")
        texts = ", ".join(f"“{entry.text or ''}”" for entry in came[-_REPEATED:])
        return f"last came {texts}" if texts else "nothing came"

    async def press(self, person: Person, message: Entry, button: str) -> str:
        """Press a button; the text of the bot's answer.

        Args:
            person: who presses.
            message: the bot's message.
            button: a part of the button's text; the first one that has it is pressed.

        Raises:
            NoAnswerError: there is no such button, or the bot did not answer.
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
        """The bot's messages after entry `since`, as they read after their last edit, without deleted ones.

        Of a message that reports several events, each event stands by itself.
        """
        first: dict[tuple[int | None, int | None], Entry] = {}
        texts: dict[tuple[int | None, int | None], str] = {}
        for entry in self._ledger.since(since, kind=_CHANGES):
            key = (entry.chat_id, entry.message_id)
            if entry.kind == "message":
                first[key] = entry
            if entry.kind == "delete":
                first.pop(key, None)
            texts[key] = entry.text or ""
        return [
            AcceptedMessage(chat_id=entry.chat_id or 0, text=text, at=entry.at_ms / 1000)
            for key, entry in first.items()
            for text in events_of(texts[key])
        ]

    async def wait_until_quiet(self, since: int, expected: Sequence[Expected]) -> None:
        """Wait until all expected messages stand in the ledger and no window can hold another one back.

        Each new message or edit begins the wait again: the system may send more after it.
        """
        while await self._ledger.wait(self.last_seq, seconds=self._patience(since, expected), kind=_CHANGES):
            continue

    def _patience(self, since: int, expected: Sequence[Expected]) -> float:
        messages = self.messages(since)
        # Comparing costs more than counting, and is of no use before there are enough messages.
        is_complete = len(messages) >= len(expected) and not judge(expected, messages).missing
        return self._coalesce_seconds + (SURPLUS_SECONDS if is_complete else MISSING_SECONDS)

    def transcript(self, people: list[Person]) -> list[str]:
        """Return what these people and the bot sent each other, in order."""
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
        """The number of the newest ledger entry."""
        return self._ledger.last


def _line(entry: Entry, names: dict[int, str], text: str) -> str:
    name = names.get(entry.chat_id or entry.user_id or 0, "?")
    speaker = {
        "user_message": name,
        "press": f"{name} presses",
        "edit": f"bot → {name} (edited)",
        "callback_answer": f"bot → {name} (notice)",
    }.get(entry.kind, f"bot → {name}")
    return f"{speaker}: " + text.replace("\n", "\n    ")


def _buttons(entry: Entry) -> dict[str, str]:
    """The buttons under a message: their texts by their callback data."""
    keyboard = entry.message.reply_markup if entry.message else None
    rows = keyboard.inline_keyboard if keyboard else ()
    return {key.callback_data: key.text for row in rows for key in row if key.callback_data}
