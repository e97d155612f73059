"""Ten thousand people who talk to the bot at once, and what they hear.

Everybody says hello, follows a wallet, sets a rule, asks for the list, for a scan and for a balance, two
questions at a time.
"""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

import msgspec
from solders.pubkey import Pubkey

from messaging.telegram.texts.alert import POSSIBLE_REPEAT


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What people ask, and by what its reply is known."""

    text: str
    reply: str


QUESTIONS = (
    Question(text="/start", reply="Hello"),
    Question(text="/watch {wallet} {label}", reply="Following <b>{label}</b>"),
    Question(text="/rules {label} min $5000", reply="Rules for {label}"),
    Question(text="/wallets", reply="<b>{label}</b> <code>{wallet}"),
    Question(text="/scan {wallet}", reply="Scanning"),
    Question(text="/balance {wallet}", reply="Reading the balance of {label}"),
)
PAIRS = ((0, 1), (2, 3), (4, 5))
HELLO = 0
"""What people say in the calm: it needs nothing that was said before."""


@dataclass(slots=True, kw_only=True)
class Person:
    """One chat, and what was heard in it."""

    chat_id: int
    label: str
    wallet: str
    asked_at: dict[int, float] = field(default_factory=dict)
    heard_at: dict[int, float] = field(default_factory=dict)
    """By question, when its first reply was accepted."""
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def answered_by(self, text: str) -> int | None:
        """The question that a text replies to."""
        known = {"label": self.label, "wallet": self.wallet}
        return next((n for n, one in enumerate(QUESTIONS) if one.reply.format(**known) in text), None)

    def update(self, number: int, question: int) -> bytes:
        """The question as Telegram posts it."""
        text = QUESTIONS[question].text.format(wallet=self.wallet, label=self.label)
        sender = {"id": self.chat_id, "is_bot": False, "first_name": "A"}
        chat = {"id": self.chat_id, "type": "private", "first_name": "A"}
        sent = {"message_id": number, "date": int(time.time()), "chat": chat, "from": sender, "text": text}
        return msgspec.json.encode({"update_id": number, "message": sent})


@dataclass(slots=True, kw_only=True)
class Crowd:
    """The people, and what came of their questions."""

    people: dict[int, Person]
    counts: Counter[str] = field(default_factory=Counter)
    """asked, posted_again, answered, disordered, marked, unmarked, other."""
    seconds: list[float] = field(default_factory=list)
    """From a post to the accepted reply."""
    last_reply: float = 0.0
    numbers: int = 0

    def hear(self, chat_id: int, text: str, at: float) -> None:
        """Take note of a message."""
        self.last_reply = at
        person = self.people[chat_id]
        question, is_marked = person.answered_by(text), text.startswith(POSSIBLE_REPEAT)
        self.counts["marked"] += is_marked
        if question is None or question not in person.asked_at:
            self.counts["other"] += 1
        elif question in person.heard_at:
            self.counts["unmarked"] += not is_marked
        else:
            self.counts["answered"] += 1
            self.counts["disordered"] += any(later > question for later in person.heard_at)
            person.heard_at[question] = at
            self.seconds.append(at - person.asked_at[question])
            person.news.set()

    def forget(self) -> None:
        """Begin again; the people stay."""
        self.counts.clear()
        self.seconds.clear()
        for person in self.people.values():
            person.asked_at.clear()
            person.heard_at.clear()

    @property
    def unanswered(self) -> int:
        """Questions without a reply."""
        return self.counts["asked"] - self.counts["answered"]


def make_crowd(people: int) -> Crowd:
    """So many people who have said nothing yet."""
    return Crowd(people={number: _person(number) for number in range(1, people + 1)})


def _person(number: int) -> Person:
    wallet = str(Pubkey(number.to_bytes(8, "big") + b"\x07" * 24))
    label = (
        f"Moby{number:x}"  # five digits in a row would be set apart in the reply, as of a telephone number
    )
    return Person(chat_id=number, label=label, wallet=wallet)
