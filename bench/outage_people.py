"""People who ask the bot while Telegram's edge fails: whether each question has its reply, and once.

Every other question of a person is a command that the bot does not know, whose reply names it. Since replies
come in the order of the questions, it is certain which question a file or a picture between two of them
belongs to. Who asks more than their share while the bot is busy must be told so, once.
"""

import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from messaging.telegram.texts.alert import POSSIBLE_REPEAT
from messaging.telegram.texts.help import too_fast
from sandbox.telegram import SandboxTelegram
from sandbox.telegram.ledger import Entry
from storage.postgres import Database

ASK_SECONDS = 6.0
"""Each person asks once in this time."""
COMMANDS = ("", "/export wallets", "/share")
"""Beside those that are not known; empty: nothing."""
PARTS = {"/export wallets": ("document",), "/share": ("link", "photo")}
"""What a reply consists of; of others: text."""
DONE = "SELECT count(*) FROM updates WHERE state NOT IN ('new', 'working')"
STATES = (
    "SELECT chat_id, array_agg(state ORDER BY update_id) FROM updates WHERE chat_id <> 0 GROUP BY chat_id"
)
_MARKER = re.compile(r"/ask(\d+) is not a command")
Heard = tuple[str, bool]
"""Of what a message is a part, and whether it says that it may be a repeat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What came of what people asked."""

    questions: int
    limited: int = 0
    """Beyond somebody's share, so that they are never answered."""
    unnotified: int = 0
    """Chats with limited questions that were not told so."""
    unanswered: int
    """Other questions a part of whose reply never came."""
    unmarked: int
    """Second copies that do not say so."""
    third: int
    """Copies beyond the second."""

    def __str__(self) -> str:
        return (
            f"{self.questions} questions, limited {self.limited} (not told: {self.unnotified} chats),"
            f" unanswered {self.unanswered}, unmarked copies {self.unmarked}, third copies {self.third}"
        )


class People:
    """Each asks one thing again and again.

    Args:
        telegram: where they write.
        chats: their private chats, which get alerts as well.
    """

    def __init__(self, telegram: SandboxTelegram, chats: Sequence[int]) -> None:
        self._telegram = telegram
        self._commands = {chat: COMMANDS[number % len(COMMANDS)] for number, chat in enumerate(chats)}
        self._questions: Counter[int] = Counter()

    async def ask(self, seconds: float) -> None:
        """For so long."""
        if not self._commands:
            return
        end = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < end:
            for chat, command in self._commands.items():
                self._telegram.people.send(chat, question(self._questions[chat], command))
                self._questions[chat] += 1
                await asyncio.sleep(ASK_SECONDS / len(self._commands))

    async def until_answered(self, database: Database, seconds: float) -> None:
        """Wait until nothing is open; TimeoutError when that takes longer."""
        if not self._commands:
            return
        async with asyncio.timeout(seconds):
            while await database.fetchval(DONE) < self._questions.total():  # noqa: ASYNC110 - rows raise no events
                await asyncio.sleep(0.2)

    async def asked(self, database: Database) -> Asked:
        """What the ledger says, and of what was limited the rows."""
        states = {chat: list(found) for chat, found in await database.fetch(STATES)}
        talks = []
        for chat, command in self._commands.items():
            heard = [one for entry in self._telegram.ledger.messages(chat) if (one := heard_as(entry))]
            limited = frozenset(
                number for number, state in enumerate(states.get(chat, ())) if state == "limited"
            )
            talks.append(talk(self._questions[chat], command, heard, limited))
        return total(talks)


def question(number: int, command: str) -> str:
    """What somebody asks who asks for a command every other time."""
    return command if command and number % 2 else f"/ask{number}"


def heard_as(entry: Entry) -> Heard | None:
    """What a message is of a reply; None: it is an alert or a notice."""
    text, message = entry.text or "", entry.message
    is_marked = POSSIBLE_REPEAT in text
    if message is not None and message.document:
        return "document", is_marked
    if message is not None and message.photo:
        return "photo", is_marked
    if "?start=" in text:
        return "link", is_marked
    if too_fast() in text:
        return "notice", is_marked
    found = _MARKER.search(text)
    return (found[1], is_marked) if found else None


def talk(
    questions: int, command: str, heard: Sequence[Heard], limited: frozenset[int] = frozenset()
) -> Asked:
    """What came of the questions of one person.

    Args:
        questions: their number.
        command: what every other one asks for; empty: none does.
        heard: what arrived, in order.
        limited: the numbers of those that were beyond the share.
    """
    found = _Talk(questions, command, limited)
    for part, is_marked in heard:
        found.hear(part, is_marked=is_marked)
    copies = [found.copies[number, part] for number in found.expected for part in found.parts_of(number)]
    return Asked(
        questions=questions,
        limited=len(limited),
        unnotified=int(bool(limited) and not found.is_notified),
        unanswered=sum(
            not all(found.copies[number, part] for part in found.parts_of(number))
            for number in found.expected
        ),
        unmarked=sum(max(0, one.count(False) - 1) for one in copies),
        third=sum(max(0, len(one) - 2) for one in copies),
    )


def total(talks: Sequence[Asked]) -> Asked:
    """Of all people."""
    return Asked(
        questions=sum(one.questions for one in talks),
        limited=sum(one.limited for one in talks),
        unnotified=sum(one.unnotified for one in talks),
        unanswered=sum(one.unanswered for one in talks),
        unmarked=sum(one.unmarked for one in talks),
        third=sum(one.third for one in talks),
    )


@dataclass(slots=True)
class _Talk:
    """The copies of each part of each reply, while they are read in order."""

    questions: int
    command: str
    limited: frozenset[int]
    copies: defaultdict[tuple[int, str], list[bool]] = field(default_factory=lambda: defaultdict(list))
    is_notified: bool = False
    after: int = -1
    """The last question that is known to be replied to."""

    @property
    def expected(self) -> list[int]:
        """The questions that must have a reply."""
        return [number for number in range(self.questions) if number not in self.limited]

    def parts_of(self, number: int) -> Sequence[str]:
        """What the reply to a question consists of."""
        return PARTS.get(question(number, self.command), (str(number),))

    def hear(self, part: str, *, is_marked: bool) -> None:
        """Take note of the next message."""
        if part == "notice":
            self.is_notified = True
        elif part.isdigit():
            self.after = max(self.after, int(part))
            self.copies[int(part), part].append(is_marked)
        elif (number := self._asked_for(part, is_marked=is_marked)) is not None:
            self.copies[number, part].append(is_marked)

    def _asked_for(self, part: str, *, is_marked: bool) -> int | None:
        """The question that a file or a picture replies to; None: nobody asked for one.

        It stands behind the last known reply and before the next: more than one does only where those between
        were limited. Of these a first copy belongs to the first without one, another to the last with one.
        """
        if part not in PARTS.get(self.command, ()):
            return None
        open_ones = (number for number in self.expected if number > self.after)
        waiting = [*takewhile(lambda number: question(number, self.command) == self.command, open_ones)]
        replied = [number for number in waiting if self.copies[number, part]]
        fresh = [number for number in waiting if not self.copies[number, part]]
        ordered = [*replied[-1:], *fresh] if is_marked else [*fresh[:1], *replied[-1:]]
        return ordered[0] if ordered else None
